#!/usr/bin/env python3
"""Prints the coefficients of src/main/cpp/cpu/kernels/functions.h, and how far each polynomial is from its function.

A polynomial takes the values of the function in Chebyshev nodes, so its largest relative error is close to the least
possible. Needs mpmath (pip install mpmath); nothing else does.
"""

from mpmath import atan, atanh, cos, erf, expm1, log, lu_solve, matrix, mp, mpf, pi, sin, sqrt

mp.prec = 300
ALMOST_ZERO = mpf(10) ** -40


def fit(function, low, high, degree, variable=lambda t: t):
    """The coefficients in powers of variable(t), and the largest relative error."""
    n = degree + 1
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    powers = matrix(n, n)
    values = matrix(n, 1)
    for i, t in enumerate(nodes):
        values[i] = function(t)
        for j in range(n):
            powers[i, j] = variable(t) ** j
    coefficients = [float(c) for c in lu_solve(powers, values)]
    error = mpf(0)
    for i in range(2001):
        t = low + (high - low) * i / 2000
        approximation = mpf(0)
        for c in reversed(coefficients):
            approximation = approximation * variable(t) + mpf(c)
        error = max(error, abs(approximation / function(t) - 1))
    return coefficients, float(error)


def show(name, *arguments):
    coefficients, error = fit(*arguments)
    print(f"{name}: error {error:.1e}")
    print("    " + ", ".join(c.hex() for c in coefficients))


half_log2 = log(mpf(2)) / 2 * mpf("1.0001")
quarter_circle = (pi / 4 * mpf("1.0001")) ** 2
show("expm1(r) / r", lambda r: expm1(r) / r if r else mpf(1), -half_log2, half_log2, 7)
show("2 atanh(s) / s in s^2", lambda z: 2 * atanh(sqrt(z)) / sqrt(z), ALMOST_ZERO, mpf("0.029438"), 5)
show("sin(r) / r in r^2", lambda z: sin(sqrt(z)) / sqrt(z), ALMOST_ZERO, quarter_circle, 4)
show("cos(r) in r^2", lambda z: cos(sqrt(z)), ALMOST_ZERO, quarter_circle, 5)
show("atan(t) / t in t^2", lambda z: atan(sqrt(z)) / sqrt(z), ALMOST_ZERO, mpf(1), 12)
show("erf(x) / x in x^2 / 8 - 1", lambda z: erf(sqrt(z)) / sqrt(z), ALMOST_ZERO, mpf(16), 20, lambda z: z / 8 - 1)
