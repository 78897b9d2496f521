"""Steps of schemes: functions that make, of a system's coefficients, a pure map `step(t, x, h, xi, args)`.

They are plain Python, of coefficients that may be plain or compiled, and so is the step they return: compile it with
`numba.njit`, or call it as it is. `drift(t, x, *args)` returns what has the form of x, a float or a tuple; `diffusion`
what `pdeopt.SDE` says for its noise; `spread(sigma, xi)` applies it to one vector of draws. `xi` are standard draws, so
that `sqrt(h) xi` is an increment. Schemes that need constants of h and args take `prepare(h, args)` in the place of
`args`; schemes that carry something from step to step have `begin(t, x, args)`, which returns their first state.
`pdeopt.sde.step_functions` puts all of it together for a system.
"""
