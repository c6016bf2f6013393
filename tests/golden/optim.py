#!/usr/bin/env python3
"""Ten steps of PyTorch's optimisers, for tests/unit/nn_optim_test.c.

	optim.py >tests/golden/optim.jsonl

A line a case: the hyperparameters, the rate of each step, the values before,
the gradient of each step, the values and the optimiser's state after.
"""
import json

import torch

STEPS, N = 10, 7


def numbers(t):
    return [float(x) for x in t.detach().flatten()]


def case(name, make, rates, states, **hyper):
    """states: the optimiser's state as ours counts it."""
    w = torch.nn.Parameter(torch.randn(N))
    before = numbers(w)
    optimiser = make(w, rates[0], **hyper)
    grads = []
    for rate in rates:
        optimiser.param_groups[0]["lr"] = rate
        w.grad = torch.randn(N) * 0.1
        grads.append(numbers(w.grad))
        optimiser.step()
    print(json.dumps({
        "name": name, **hyper, "rates": rates, "before": before,
        "grads": grads, "after": numbers(w),
        "states": states(optimiser.state[w], rates[-1])}))


def sgd(w, rate, momentum, decay):
    return torch.optim.SGD([w], lr=rate, momentum=momentum, weight_decay=decay)


def adam(w, rate, beta1, beta2, eps):
    return torch.optim.Adam([w], lr=rate, betas=(beta1, beta2), eps=eps)


def adamw(w, rate, beta1, beta2, eps, decay):
    return torch.optim.AdamW([w], lr=rate, betas=(beta1, beta2), eps=eps,
                             weight_decay=decay)


def velocity(state, rate):
    """Caffe2's momentum has the rate in it, PyTorch's has not."""
    return [numbers(state["momentum_buffer"] * rate)]


def moments(state, _):
    return [numbers(state["exp_avg"]), numbers(state["exp_avg_sq"])]


torch.manual_seed(7)
flat = [0.02] * STEPS
falling = [0.01, 0.02, 0.03, 0.03, 0.03, 0.03, 0.003, 0.003, 0.003, 0.0003]
case("sgd", sgd, flat, velocity, momentum=0.9, decay=0.0001)
case("sgd, rate falls", sgd, falling, velocity, momentum=0.9, decay=0.01)
case("adam", adam, [0.0002] * STEPS, moments, beta1=0.5, beta2=0.999,
     eps=1e-8)
case("adamw", adamw, falling, moments, beta1=0.9, beta2=0.99, eps=1e-6,
     decay=0.1)
