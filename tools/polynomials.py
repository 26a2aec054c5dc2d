#!/usr/bin/env python3
"""Prints the coefficients of functions.h and single_functions.h in src/main/cpp/cpu/kernels, and how far each polynomial
is from its function.

A polynomial takes the values of the function in Chebyshev nodes, so its largest relative error is close to the least
possible. Needs mpmath (pip install mpmath); nothing else does.
"""

import struct

from mpmath import atan, atanh, cos, erfc, expm1, log, log1p, lu_solve, matrix, mp, mpf, pi, sin, sqrt, tanh

mp.prec = 300
ALMOST_ZERO = mpf(10) ** -40


def single(x):
    """The nearest float32."""
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def fit(function, low, high, degree, rounded=float, crowding=1):
    """The coefficients in powers of t, and the largest relative error. Nodes crowd at the lower end."""
    n = degree + 1
    nodes = [low + (high - low) * ((1 + cos(pi * (2 * i + 1) / (2 * n))) / 2) ** crowding for i in range(n)]
    powers = matrix(n, n)
    values = matrix(n, 1)
    for i, t in enumerate(nodes):
        values[i] = function(t)
        for j in range(n):
            powers[i, j] = t**j
    coefficients = [rounded(c) for c in lu_solve(powers, values)]
    error = mpf(0)
    for i in range(2001):
        t = low + (high - low) * i / 2000
        approximation = mpf(0)
        for c in reversed(coefficients):
            approximation = approximation * t + mpf(c)
        error = max(error, abs(approximation / function(t) - 1))
    return coefficients, float(error)


def show(name, *arguments, **options):
    coefficients, error = fit(*arguments, **options)
    print(f"{name}: error {error:.1e}")
    print("    " + ", ".join(c.hex() for c in coefficients))


half_log2 = log(mpf(2)) / 2 * mpf("1.0001")
quarter_circle = (pi / 4 * mpf("1.0001")) ** 2
show("expm1(r) / r", lambda r: expm1(r) / r if r else mpf(1), -half_log2, half_log2, 7)
show("2 atanh(s) / s in s^2", lambda z: 2 * atanh(sqrt(z)) / sqrt(z), ALMOST_ZERO, mpf("0.029438"), 5)
show("sin(r) / r in r^2", lambda z: sin(sqrt(z)) / sqrt(z), ALMOST_ZERO, quarter_circle, 4)
show("cos(r) in r^2", lambda z: cos(sqrt(z)), ALMOST_ZERO, quarter_circle, 5)
show("atan(t) / t in t^2", lambda z: atan(sqrt(z)) / sqrt(z), ALMOST_ZERO, mpf(1), 12)

print("in float32")
show("(expm1(r) - r) / r^2", lambda r: (expm1(r) - r) / r**2 if r else mpf(0.5), -half_log2, half_log2, 5, rounded=single)
show("(tanh(t) / t - 1) / t^2 in t^2", lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, ALMOST_ZERO, mpf("0.875") ** 2, 6,
     rounded=single)
show("-log(erfc(t)) / t - 1, which matters less for larger t, where erf(t) is close to 1", lambda t: -log(erfc(t)) / t - 1,
     ALMOST_ZERO, mpf("2.5"), 8, rounded=single, crowding=1.4)
show("(log1p(f) - f + f^2 / 2) / f^3", lambda f: (log1p(f) - f + f**2 / 2) / f**3, sqrt(mpf(0.5)) - 1, sqrt(mpf(2)) - 1, 8,
     rounded=single)
