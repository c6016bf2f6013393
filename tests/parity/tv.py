"""A detector of ours as torchvision builds it, for the scripts beside this."""
import json
import struct
import subprocess

import numpy as np
import torch
import torchvision
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import (FastRCNNPredictor,
                                                      TwoMLPHead)
from torchvision.models.detection.rpn import RPNHead
from torchvision.ops import MultiScaleRoIAlign
from torchvision.ops.misc import FrozenBatchNorm2d


def read(path):
    """The tensors and the metadata of a safetensors file."""
    with open(path, "rb") as f:
        n, = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(n))
        data = f.read()
    meta = header.pop("__metadata__", {})
    out = {}
    for name, t in header.items():
        a, b = t["data_offsets"]
        v = np.frombuffer(data[a:b], np.float32).reshape(t["shape"])
        out[name] = torch.from_numpy(v.copy())
    return out, meta


def config(meta):
    """Our configuration as a dictionary of words and lists of words."""
    out = {}
    for line in meta["config"].splitlines():
        key, _, value = line.partition(": ")
        value = value.strip().strip("'\"")
        if value[:1] in "([":
            value = [v.strip(" '\"") for v in value[1:-1].split(",") if v]
        out[key] = value
    return out


def first(v):
    return v[0] if isinstance(v, list) else v


BODIES = {("18", 1): "resnet18", ("34", 1): "resnet34", ("50", 1): "resnet50",
          ("101", 1): "resnet101", ("101", 32): "resnext101_32x8d"}


def build(c, **more):
    """torchvision's FasterRCNN for a configuration."""
    size = c["MODEL.CONV_BODY"].split("ResNet")[1].split("_")[0]
    name = BODIES[size, int(c["RESNETS.NUM_GROUPS"])]
    body = getattr(torchvision.models, name)(
        weights=None, norm_layer=FrozenBatchNorm2d)
    dim, wide = int(c["FPN.DIM"]), int(c["FAST_RCNN.MLP_HEAD_DIM"])
    side = int(c["FAST_RCNN.ROI_XFORM_RESOLUTION"])
    outer = [body.inplanes // 8 * 2**i for i in range(4)]
    backbone = BackboneWithFPN(
        body, {"layer%d" % (i + 1): str(i) for i in range(4)}, outer, dim)
    start = float(c["FPN.RPN_ANCHOR_START_SIZE"])
    ratios = tuple(float(r) for r in c["FPN.RPN_ASPECT_RATIOS"])
    pool = MultiScaleRoIAlign(
        ["0", "1", "2", "3"], side,
        int(c["FAST_RCNN.ROI_XFORM_SAMPLING_RATIO"]),
        canonical_scale=float(c["FPN.ROI_CANONICAL_SCALE"]),
        canonical_level=int(c["FPN.ROI_CANONICAL_LEVEL"]))
    scales = c.get("TEST.SCALES") or c["TEST.SCALE"]
    keys = dict(
        rpn_anchor_generator=AnchorGenerator(
            tuple((start * 2**i,) for i in range(5)), (ratios,) * 5),
        rpn_head=RPNHead(dim, len(ratios)),
        box_roi_pool=pool,
        box_head=TwoMLPHead(dim * side * side, wide),
        box_predictor=FastRCNNPredictor(wide, int(c["MODEL.NUM_CLASSES"])),
        min_size=int(first(scales)), max_size=int(c["TEST.MAX_SIZE"]),
        rpn_pre_nms_top_n_test=int(c["TEST.RPN_PRE_NMS_TOP_N"]),
        rpn_post_nms_top_n_test=int(c["TEST.RPN_POST_NMS_TOP_N"]),
        rpn_nms_thresh=float(c["TEST.RPN_NMS_THRESH"]),
        box_score_thresh=float(c["TEST.SCORE_THRESH"]),
        box_nms_thresh=float(c["TEST.NMS"]),
        box_detections_per_img=int(c["TEST.DETECTIONS_PER_IM"]))
    keys.update(more)
    return FasterRCNN(backbone, None, **keys)


def run(*command, **how):
    return subprocess.run([str(c) for c in command], check=True, text=True,
                          stdout=subprocess.PIPE, **how).stdout
