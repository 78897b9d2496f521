"""Ratios to peers and to the hardware, measured side by side in one process."""
