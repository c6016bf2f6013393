#!/usr/bin/env python3
"""Three steps of training a GAN in PyTorch, on tiny networks, which
tests/unit/gan_gan_step_test.c makes again.

	dcgan_step.py PRESET >tests/golden/dcgan_step_PRESET.jsonl
	dcgan_step.py PRESET curve >tests/golden/dcgan_curve_PRESET.jsonl

pytorch is its DCGAN tutorial; radford2015 what Radford's code does; garment
our own preset, but for augmentation, with R1 and R2 by PyTorch's double
backward.

A line a step: losses and D's answers; with "curve" those of up to 200 steps,
each of one of a few batches. Then a line a parameter, the generator's
before the discriminator's and the mean's: two of its values, and its norm.

Weights, pictures and noise are a function of their number (values), so that
they need not be stored. Computed in double precision: what differs is ours.
"""
import copy
import functools
import json
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

NZ, NGF, NDF, BATCH, STEPS = 6, 4, 3, 4, 3
SPAN, GAMMA = 20, 0.5
CURVE = {"pytorch": 200, "radford2015": 200, "garment": 25}
BATCHES = 4
HEIGHT = {"pytorch": 64, "radford2015": 64, "garment": 96}


def values(first, shape):
    """From -0.5 to 0.5, exact in single precision: 32 bits of the products."""
    low = 0xFFFFFFFF
    x = torch.arange(first, first + torch.Size(shape).numel())
    x = x * 2654435761 & low
    x ^= x >> 15
    x = x * 2246822519 & low
    x ^= x >> 13
    return ((x >> 8).double() / 2**24 - 0.5).reshape(shape)


class UnitNorm(nn.BatchNorm1d):
    """Of every unit of a layer, numbered channels last."""

    def forward(self, x):
        n, c, h, w = x.shape
        y = super().forward(x.permute(0, 2, 3, 1).reshape(n, -1))
        return y.reshape(n, h, w, c).permute(0, 3, 1, 2)


def generator(preset):
    def norm(o):
        eps = 1e-8 if preset == "radford2015" else 1e-5
        return [nn.BatchNorm2d(o, eps), nn.ReLU(True)]

    def double(i, o):
        if preset == "garment":
            return [nn.Upsample(scale_factor=2),
                    nn.Conv2d(i, o, 3, 1, 1, bias=False)]
        if preset == "radford2015":
            return [nn.ConvTranspose2d(i, o, 5, 2, 2, 1, bias=False)]
        return [nn.ConvTranspose2d(i, o, 4, 2, 1, bias=False)]

    base = (HEIGHT[preset] // 16, 4)
    units = NGF * 8 * 16
    first = ([UnitNorm(units, 1e-8), nn.ReLU(True)]
             if preset == "radford2015" else norm(NGF * 8))
    layers = [nn.ConvTranspose2d(NZ, NGF * 8, base, bias=False), *first]
    for c in (8, 4, 2):
        layers += [*double(NGF * c, NGF * c // 2), *norm(NGF * c // 2)]
    if preset == "garment":
        layers += [*double(NGF, NGF // 2), *norm(NGF // 2),
                   nn.Conv2d(NGF // 2, 3, 3, 1, 1, bias=False)]
    else:
        layers += double(NGF, 3)
    return nn.Sequential(*layers, nn.Tanh())


def discriminator(preset):
    plain = preset == "garment"
    k = 5 if preset == "radford2015" else 4
    eps = 1e-8 if preset == "radford2015" else 1e-5
    layers, i = [], 3
    for o in (NDF, NDF * 2, NDF * 4, NDF * 8):
        layers.append(nn.Conv2d(i, o, k, 2, (k - 1) // 2, bias=plain))
        if len(layers) > 1 and not plain:
            layers.append(nn.BatchNorm2d(o, eps))
        layers.append(nn.LeakyReLU(0.2))
        i = o
    base = (HEIGHT[preset] // 16, 4)
    return nn.Sequential(*layers, nn.Conv2d(i, 1, base, bias=plain))


def fill(net, base):
    """Parameter k begins at number base + k million."""
    with torch.no_grad():
        for k, (name, p) in enumerate(net.named_parameters()):
            v = values(base + k * 1000000, p.shape)
            gain = p.dim() == 1 and name.endswith("weight")
            p.copy_(v / 4 + (1 if gain else 0))


class Run:
    def __init__(self, preset):
        self.preset, self.images = preset, 0
        self.g = generator(preset).double()
        self.d = discriminator(preset).double()
        fill(self.g, 0)
        fill(self.d, 100000000)
        self.mean = copy.deepcopy(self.g) if preset == "garment" else None
        how = {"lr": 2e-4, "betas": (0.5, 0.999)}
        if preset == "garment":
            how["betas"] = (0, 0.99)
        if preset == "radford2015":
            how["weight_decay"] = 1e-5
        self.move_d = torch.optim.Adam(self.d.parameters(), **how)
        self.move_g = torch.optim.Adam(self.g.parameters(), **how)

    def falls(self, end):
        at = min(self.images / SPAN, 1)
        return end + (1 - end) * 0.5 * (1 + math.cos(math.pi * at))

    def judge(self, x):
        return self.d(x).view(-1)

    def learn_d(self, real, fake, r):
        """bce: two minibatches."""
        self.d.zero_grad()
        a, b = self.judge(real), self.judge(fake.detach())
        loss = F.softplus(-a).mean() + F.softplus(b).mean()
        loss.backward()
        self.move_d.step()
        r.update(loss_d=loss, d_real=a.sigmoid().mean(),
                 d_fake=b.sigmoid().mean())

    def learn_d_paired(self, real, fake, r):
        def penalty(x, logit):
            g, = torch.autograd.grad(logit.sum(), x, create_graph=True)
            return g.square().sum((1, 2, 3)).mean()

        real, fake = real.clone(), fake.detach().clone()
        real.requires_grad_()
        fake.requires_grad_()
        a, b = self.judge(real), self.judge(fake)
        loss = F.softplus(b - a).mean()
        r1, r2 = penalty(real, a), penalty(fake, b)
        gamma = GAMMA * self.falls(0.1)
        self.d.zero_grad()
        (loss + gamma / 2 * (r1 + r2)).backward()
        for o in (self.move_d, self.move_g):
            o.param_groups[0]["lr"] = 2e-4 * self.falls(0.25)
        self.move_d.step()
        r.update(loss_d=loss, d_real=a.sigmoid().mean(),
                 d_fake=b.sigmoid().mean(), r1=r1, r2=r2)

    def learn_g(self, real, fake, r):
        self.g.zero_grad()
        b = self.judge(fake)
        if self.preset == "garment":
            loss = F.softplus(self.judge(real).detach() - b).mean()
        else:
            loss = F.softplus(-b).mean()
        loss.backward()
        self.move_g.step()
        r.update(loss_g=loss, d_fake_after=b.sigmoid().mean())

    def average(self):
        keep = 0.5 ** (BATCH / (0.05 * self.images))
        with torch.no_grad():
            for m, p in zip(self.mean.parameters(), self.g.parameters()):
                m.lerp_(p, 1 - keep)

    @functools.lru_cache
    def pictures(self, n):
        # They are numbered channels last, as the tensors in C lie.
        shape = (BATCH, HEIGHT[self.preset], 64, 3)
        real = torch.floor((values(200000000 + n * 1000000, shape) + 0.5)
                           * 256) / 127.5 - 1
        return real.permute(0, 3, 1, 2)

    def step(self, n):
        real = self.pictures(n % BATCHES)
        z = values(300000000 + n * 1000000, (2 * BATCH, NZ, 1, 1)) * 4
        r = {}
        fake = self.g(z[:BATCH])
        if self.preset == "radford2015":
            self.learn_g(real, fake, r)
            self.learn_d(real, self.g(z[BATCH:]), r)
        elif self.preset == "pytorch":
            self.learn_d(real, fake, r)
            self.learn_g(real, fake, r)
        else:
            self.learn_d_paired(real, fake, r)
            self.learn_g(real, fake, r)
        self.images += BATCH
        if self.mean:
            self.average()
        print(json.dumps({k: v.item() for k, v in r.items()}))


def main():
    run = Run(sys.argv[1])
    curve = sys.argv[2:] == ["curve"]
    for n in range(CURVE[run.preset] if curve else STEPS):
        run.step(n)
    if curve:
        return
    for net in (run.g, run.d, run.mean):
        for name, p in net.state_dict().items() if net else ():
            if name.endswith("num_batches_tracked"):
                continue
            if net is run.mean and "running" in name:
                continue
            v = p.flatten()
            print(json.dumps({
                "name": "main." + name, "first": v[0].item(),
                "last": v[-1].item(), "norm": v.norm().item()}))


main()
