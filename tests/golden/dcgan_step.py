#!/usr/bin/env python3
"""Three steps of PyTorch's DCGAN tutorial on tiny networks, which
tests/unit/gan_gan_step_test.c makes again.

	dcgan_step.py >tests/golden/dcgan_step.jsonl

A line a step: losses and D's answers. Then a line a parameter, the generator's
before the discriminator's: two of its values, and its norm.

Weights, pictures and noise are a function of their number (value), so that
they need not be stored. Computed in double precision: what differs is ours.
"""
import json

import torch
from torch import nn

NZ, NGF, NDF, BATCH, STEPS = 6, 4, 3, 4, 3


def value(n):
    """From -0.5 to 0.5, exact in single precision."""
    x = n * 2654435761 & 0xFFFFFFFF
    x ^= x >> 15
    x = x * 2246822519 & 0xFFFFFFFF
    x ^= x >> 13
    return (x >> 8) / 2**24 - 0.5


def values(first, shape):
    n = torch.Size(shape).numel()
    v = torch.tensor([value(first + i) for i in range(n)])
    return v.double().reshape(shape)


def generator():
    def block(i, o, stride, pad):
        return [
            nn.ConvTranspose2d(i, o, 4, stride, pad, bias=False),
            nn.BatchNorm2d(o),
            nn.ReLU(True),
        ]

    return nn.Sequential(
        *block(NZ, NGF * 8, 1, 0),
        *block(NGF * 8, NGF * 4, 2, 1),
        *block(NGF * 4, NGF * 2, 2, 1),
        *block(NGF * 2, NGF, 2, 1),
        nn.ConvTranspose2d(NGF, 3, 4, 2, 1, bias=False),
        nn.Tanh(),
    )


def discriminator():
    def block(i, o):
        return [
            nn.Conv2d(i, o, 4, 2, 1, bias=False),
            nn.BatchNorm2d(o),
            nn.LeakyReLU(0.2, inplace=True),
        ]

    return nn.Sequential(
        nn.Conv2d(3, NDF, 4, 2, 1, bias=False),
        nn.LeakyReLU(0.2, inplace=True),
        *block(NDF, NDF * 2),
        *block(NDF * 2, NDF * 4),
        *block(NDF * 4, NDF * 8),
        nn.Conv2d(NDF * 8, 1, 4, 1, 0, bias=False),
        nn.Sigmoid(),
    )


def fill(net, base):
    """Parameter k begins at number base + k million."""
    with torch.no_grad():
        for k, (name, p) in enumerate(net.named_parameters()):
            v = values(base + k * 1000000, p.shape)
            gain = p.dim() == 1 and name.endswith("weight")
            p.copy_(v / 4 + (1 if gain else 0))


def main():
    g, d = generator().double(), discriminator().double()
    fill(g, 0)
    fill(d, 100000000)
    loss = nn.BCELoss()
    how = {"lr": 2e-4, "betas": (0.5, 0.999)}
    move_d = torch.optim.Adam(d.parameters(), **how)
    move_g = torch.optim.Adam(g.parameters(), **how)
    ones = torch.ones(BATCH).double()
    lines = []
    for step in range(STEPS):
        # Pictures are numbered channels last, as the tensors in C lie.
        real = values(200000000 + step * 1000000, (BATCH, 64, 64, 3)) * 2
        z = values(300000000 + step * 1000000, (BATCH, NZ, 1, 1)) * 4
        d.zero_grad()
        out = d(real.permute(0, 3, 1, 2)).view(-1)
        d_real, of_real = out.mean(), loss(out, ones)
        of_real.backward()
        fake = g(z)
        out = d(fake.detach()).view(-1)
        d_fake, of_fake = out.mean(), loss(out, ones * 0)
        of_fake.backward()
        move_d.step()
        g.zero_grad()
        out = d(fake).view(-1)
        of_g = loss(out, ones)
        of_g.backward()
        move_g.step()
        lines.append({
            "loss_d": (of_real + of_fake).item(), "loss_g": of_g.item(),
            "d_real": d_real.item(), "d_fake": d_fake.item(),
            "d_fake_after": out.mean().item()})
    for net in (g, d):
        for name, p in net.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                v = p.flatten()
                lines.append({
                    "name": "main." + name, "first": v[0].item(),
                    "last": v[-1].item(), "norm": v.norm().item()})
    for line in lines:
        print(json.dumps(line))


main()
