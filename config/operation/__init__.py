"""What those who run the installation are told: whether it works, which process is at fault, and in figures since when."""
