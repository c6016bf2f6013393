#!/usr/bin/env python3
"""The same weights, the same photographs: do we and torchvision learn alike?

	train.py [--bin DIR] [--case NAME]... [--steps 10] [--double]
		ANN.json FOLDER

Nothing is left to chance: every anchor and every proposal is sampled,
suppression takes nothing, photographs have one size. Then the losses of a step
have to agree to 1e-4 and every gradient to 1e-3 of its length; after ten steps
of SGD with momentum and decay, every weight to 1e-3 of its own. Weights begin
at random, with norms that fit the photographs, in torchvision, and come to us
through nn-convert. Gradients are read from the optimiser's state in our
checkpoint, which is rate 1 times the gradient after one step without momentum.

Of each case the worst relative differences are printed, and where.
"""
import argparse
import json
import os
import sys
import tempfile

import torch
import torchvision
from PIL import Image

import tv

ALL = 65536  # more than there are anchors or regions in a photograph
LOSSES = (("loss_objectness", "loss_rpn_cls"),
          ("loss_rpn_box_reg", "loss_rpn_bbox"),
          ("loss_classifier", "loss_cls"), ("loss_box_reg", "loss_bbox"))
# body, groups, photographs, their shorter side
CASES = {"R-50": ("50", 1, 1, 64), "R-50, two photos": ("50", 1, 2, 64),
         "R-101": ("101", 1, 1, 64), "X-101-32x8d": ("101", 32, 1, 64)}


def photographs(ann, folder, n):
    """n entries of a COCO file, of as many shapes as there are."""
    with open(ann) as f:
        coco = json.load(f)
    boxes = {}
    for a in coco["annotations"]:
        boxes.setdefault(a["image_id"], []).append(a)
    images = sorted((i for i in coco["images"] if i["id"] in boxes),
                    key=lambda i: (-len(boxes[i["id"]]),
                                   i["width"] / i["height"], i["id"]))
    images = [images[k * (len(images) - 1)] for k in range(n)]
    coco["images"] = images
    coco["annotations"] = [a for i in images for a in boxes[i["id"]]]
    xs, targets = [], []
    order = [c["id"] for c in coco["categories"]]
    for i in images:
        im = Image.open(os.path.join(folder, i["file_name"])).convert("RGB")
        xs.append(torchvision.transforms.functional.to_tensor(im))
        box = torch.tensor([a["bbox"] for a in boxes[i["id"]]])
        box[:, 2:] += box[:, :2]
        top = torch.tensor([i["width"], i["height"]] * 2)
        targets.append({
            "boxes": torch.minimum(box.clamp(min=0), top),
            "labels": torch.tensor([order.index(a["category_id"]) + 1
                                    for a in boxes[i["id"]]])})
    return coco, xs, targets


def body_state(name, xs):
    """A body at random whose norms have seen a photograph, so that its
    signals stay of one size. A channel is on or off almost everywhere, and
    what a block adds is small: else, as in any net at random, roundings grow
    from block to block, units that are 0 but for them go to and fro, and
    torchvision's own f32 and f64 disagree by per cents."""
    body = getattr(torchvision.models, name)(weights=None)
    for key, m in body.named_modules():
        if isinstance(m, torch.nn.BatchNorm2d):
            add = key.endswith("bn3")
            torch.nn.init.uniform_(m.weight, *(
                (0.05, 0.1) if add else (0.2, 0.4)))
            torch.nn.init.uniform_(m.bias, *((0.3, 0.5) if add else (1, 1.5)))
            m.bias.data *= torch.randn_like(m.bias).sign()
            m.momentum = 1
    with torch.no_grad():
        mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
        x = torch.nn.functional.interpolate(xs[0][None], size=(192, 128))
        body.train()((x - mean) / 0.225)
    return {"backbone.body." + k: v for k, v in body.state_dict().items()
            if not k.startswith("fc.") and not k.endswith("tracked")}


def start(case, xs):
    """torchvision's model of a case, and its configuration in our words."""
    size, groups, _, side = CASES[case]
    c = {"MODEL.CONV_BODY": "FPN.add_fpn_ResNet%s_conv5_body" % size,
         "RESNETS.NUM_GROUPS": groups, "FPN.DIM": 256,
         "FAST_RCNN.MLP_HEAD_DIM": 1024,
         "FAST_RCNN.ROI_XFORM_RESOLUTION": 7,
         "FAST_RCNN.ROI_XFORM_SAMPLING_RATIO": 2,
         "FPN.RPN_ANCHOR_START_SIZE": 32,
         "FPN.RPN_ASPECT_RATIOS": ["0.5", "1", "2"],
         "FPN.ROI_CANONICAL_SCALE": 224, "FPN.ROI_CANONICAL_LEVEL": 4,
         "MODEL.NUM_CLASSES": 4, "TEST.SCALE": side, "TEST.MAX_SIZE": 2 * side,
         "TEST.RPN_PRE_NMS_TOP_N": 1000, "TEST.RPN_POST_NMS_TOP_N": 1000,
         "TEST.RPN_NMS_THRESH": 1, "TEST.SCORE_THRESH": 0.05,
         "TEST.NMS": 0.5, "TEST.DETECTIONS_PER_IM": 100}
    model = tv.build(
        c, rpn_pre_nms_top_n_train=ALL, rpn_post_nms_top_n_train=ALL,
        rpn_batch_size_per_image=ALL, box_batch_size_per_image=ALL,
        box_positive_fraction=0.5)
    name = tv.BODIES[size, groups]
    model.load_state_dict({**model.state_dict(), **body_state(name, xs)})
    return model.train()


# What makes a step of ours what one of torchvision's is. Decay and rate are
# the same for all that is learnt; norms are frozen on both sides.
KEYS = {
    "TRAIN.DATASETS": "('train',)", "TRAIN.USE_FLIPPED": False,
    "TRAIN.ASPECT_GROUPING": False, "TRAIN.FREEZE_AT": 0,
    "TRAIN.BATCH_SIZE_PER_IM": ALL, "TRAIN.FG_FRACTION": 0.5,
    "TRAIN.RPN_BATCH_SIZE_PER_IM": ALL, "TRAIN.RPN_STRADDLE_THRESH": -1,
    "TRAIN.RPN_PRE_NMS_TOP_N": ALL, "TRAIN.RPN_POST_NMS_TOP_N": ALL,
    "TRAIN.RPN_NMS_THRESH": 1, "TRAIN.LOG_ITERS": 1,
    "SOLVER.LR_POLICY": "step", "SOLVER.STEP_SIZE": 1000,
    "SOLVER.WARM_UP_ITERS": 0, "SOLVER.BIAS_DOUBLE_LR": False,
    "SOLVER.BIAS_WEIGHT_DECAY": True}


def ours(o, case, folder, steps, rate, momentum, decay):
    """Losses of each step, and the tensors of the last checkpoint."""
    _, _, n, side = CASES[case]
    weights = os.path.join(folder, "tv.safetensors")
    cfg = os.path.join(folder, "run.yaml")
    with open(cfg, "w") as f:
        f.write(tv.read(weights)[1]["config"])
    out = os.path.join(folder, "out%d" % steps)
    keys = dict(KEYS)
    keys.update({
        "TRAIN.WEIGHTS": weights, "TRAIN.IMS_PER_BATCH": n,
        "TRAIN.SCALES": "(%d,)" % side, "TRAIN.MAX_SIZE": 2 * side,
        "SOLVER.BASE_LR": rate, "SOLVER.MOMENTUM": momentum,
        "SOLVER.WEIGHT_DECAY": decay, "SOLVER.MAX_ITER": steps,
        "TRAIN.SNAPSHOT_ITERS": steps, "OUTPUT_DIR": out})
    lines = tv.run(
        os.path.join(o.bin, "rcnn-train"), "-q", "-c", cfg, "--dtype", "f32",
        "--dataset", "train=%s:%s" % (os.path.join(folder, "ann.json"),
                                      os.path.abspath(o.folder)),
        "--", *(w for k in keys for w in (k, keys[k])))
    losses = [json.loads(line) for line in lines.splitlines()]
    return losses, tv.read(
        os.path.join(out, "model_iter%07d.safetensors" % steps))[0]


def theirs(model, xs, targets, steps, rate, momentum, decay):
    """Losses of each step; the gradients of the last are left in place."""
    sgd = torch.optim.SGD([p for p in model.parameters() if p.requires_grad],
                          rate, momentum, weight_decay=decay)
    losses = []
    for _ in range(steps):
        sgd.zero_grad()
        loss = model(xs, [dict(t) for t in targets])
        sum(loss.values()).backward()
        losses.append({k: float(v) for k, v in loss.items()})
        sgd.step()
    return losses


def doubled(twin, model, xs, targets, *how):
    """What a model's twin in f64 has learnt, with the last gradients."""
    twin.load_state_dict(model.state_dict())
    torch.set_default_dtype(torch.float64)
    theirs(twin.double(), [x.double() for x in xs],
           [{k: v.double() if v.is_floating_point() else v
             for k, v in t.items()} for t in targets], *how)
    torch.set_default_dtype(torch.float32)
    return dict(twin.named_parameters())


def far(a, b):
    """How far a is from b, of b's length."""
    a, b = a.double(), b.detach().double()
    return float((a - b).norm() / b.norm().clamp(min=1e-30))


def worst(pairs):
    return max(((far(a, b), name) for name, a, b in pairs))


def loss_error(a, b):
    return max((abs(x[ours] - y[theirs]) / abs(y[theirs]), ours)
               for x, y in zip(a, b) for theirs, ours in LOSSES)


def hand_over(o, model, folder, coco, side):
    """Give the model to nn-convert, and the photographs' boxes to a file."""
    ann, pth, weights = (os.path.join(folder, f)
                         for f in ("ann.json", "tv.pth", "tv.safetensors"))
    with open(ann, "w") as f:
        json.dump(coco, f)
    torch.save(model.state_dict(), pth)
    tv.run(os.path.join(o.bin, "nn-convert"), "-q", "--categories", ann, pth,
           weights, "TEST.SCALE", side)


def compare(o, case, folder):
    """Rows: what is compared, the most it may be, how far it is and where."""
    torch.manual_seed(1)
    _, _, n, side = CASES[case]
    coco, xs, targets = photographs(o.annotations, o.folder, n)
    model = start(case, xs)
    hand_over(o, model, folder, coco, side)
    mine, state = ours(o, case, folder, 1, 1, 0, 0)
    them = theirs(model, xs, targets, 1, 0, 0, 0)
    learnt = [(k, p) for k, p in model.named_parameters() if p.requires_grad]
    yield "a loss of one step", 1e-4, loss_error(mine, them)
    yield "one of %d gradients" % len(learnt), 1e-3, worst(
        (k, state["optimizer.0." + k], p.grad) for k, p in learnt)
    if o.double:
        exact = doubled(start(case, xs), model, xs, targets, 1, 0, 0, 0)
        yield "  ours from theirs in f64", None, worst(
            (k, state["optimizer.0." + k], exact[k].grad) for k, _ in learnt)
        yield "  theirs from the same", None, worst(
            (k, p.grad, exact[k].grad) for k, p in learnt)
    if o.steps:
        how = (o.steps, o.rate, 0.9, 1e-4)
        before = {k: p.detach().clone() for k, p in learnt}
        mine, state = ours(o, case, folder, *how)
        if o.double:
            exact = doubled(start(case, xs), model, xs, targets, *how)
        them = theirs(model, xs, targets, *how)
        yield "a loss of %d steps" % o.steps, 1e-3, loss_error(mine, them)
        yield "a weight after them", 1e-3, worst(
            (k, state[k], p) for k, p in learnt)
        if o.double:
            yield "  ours from theirs in f64", None, worst(
                (k, state[k], exact[k]) for k, _ in learnt)
            yield "  theirs from the same", None, worst(
                (k, p, exact[k]) for k, p in learnt)
        yield "  the way that it went", None, worst(
            (k, state[k] - before[k], p - before[k]) for k, p in learnt)


def show(case, rows):
    print(case, flush=True)
    bad = False
    for words, most, (value, where) in rows:
        over = most is not None and not value <= most
        limit = "" if most is None else "%s %g" % ("> !" if over else "<=",
                                                   most)
        print("  %-28s %.1e  %-9s %s" % (words, value, limit, where),
              flush=True)
        bad |= over
    return bad


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bin", default="bin")
    p.add_argument("--case", action="append", choices=CASES)
    p.add_argument("--steps", type=int, default=10)
    p.add_argument("--double", action="store_true",
                   help="run torchvision in f64 too")
    p.add_argument("--rate", type=float, default=0.002)
    p.add_argument("annotations")
    p.add_argument("folder")
    o = p.parse_args()
    bad = False
    for case in o.case or CASES:
        with tempfile.TemporaryDirectory() as folder:
            bad |= show(case, compare(o, case, folder))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
