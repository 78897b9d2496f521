"""Steps of schemes: functions that make, of a system's coefficients, a pure map `step(t, x, h, xi, args)`."""
