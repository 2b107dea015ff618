#!/usr/bin/env python3
"""A tool in whose one channel values are cut off: arguments are a node, a channel and a limit."""

import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from extractor import main
from graph_stack import GraphStack
from stack import Description


class SaturatingTool(GraphStack):
    def __init__(self, node, channel, limit):
        self.node, self.channel, self.limit = node, channel, limit

    def start(self, settings):
        """There is nothing to start."""

    def load_network(self, network, weights, layers):
        model = onnx.load(weights.file)
        graph = model.graph
        place = next(k for k, each in enumerate(graph.node) if self.node in each.output)
        graph.node[place].output[0] = "right"
        shape = next(t.dims for t in graph.initializer if t.name == graph.node[place - 1].input[1])
        most = np.full((1, shape[0], 1, 1), np.finfo(np.float32).max, np.float32)
        most[0, self.channel] = self.limit
        graph.initializer.append(numpy_helper.from_array(most, "most"))
        graph.node.insert(place + 1, helper.make_node("Min", ["right", "most"], [self.node]))
        del graph.output[:]
        for name in layers:
            graph.output.add(name=name)
        self.input = graph.input[0].name
        self.evaluator = ReferenceEvaluator(model)

    def predict(self, tensor):
        return self.evaluator.run(None, {self.input: tensor})

    def describe(self):
        return Description("a saturating tool", {}, None, None, {}, built="the file")


if __name__ == "__main__":
    node, channel, limit = sys.argv[1:4]
    sys.exit(main(SaturatingTool(node, int(channel), float(limit)), sys.argv[4:]))
