"""Whatever strangers may write where this product reads text: hostile inputs, what must hold, and defects that must show."""
