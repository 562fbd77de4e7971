"""The compiled engine: the findings of the reference engine at the speed of the hardware."""
