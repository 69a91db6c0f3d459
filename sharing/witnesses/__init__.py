"""Witnesses: other bodies that cosign the court's checkpoints, each after it has seen that nothing was taken back."""
