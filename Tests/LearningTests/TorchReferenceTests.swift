import Foundation
import Learning
import Tensors
import Testing

/// Training steps agree with PyTorch's from the same start values on the same data.
@Suite(.enabled(if: PythonReference.hasTorch, "Python has no torch and safetensors")) struct TorchReferenceTests {
  /// A configuration, and what PyTorch must do to be like it, in Python: `opt` makes the optimiser of parameter groups
  /// (weights, others), `loss` computes the loss of logits `z`, `factor` is the learning rate's of step `t` of `T`.
  struct Case: CustomTestStringConvertible {
    var testDescription: String
    var change: @Sendable (inout TrainingConfiguration) -> Void
    var opt = "torch.optim.Adam([dict(params=w, weight_decay=1e-2), dict(params=o)], lr=lr)"
    var loss = "F.cross_entropy(z, y)"
    var factor = "1"
    var clip = "None"
    var targets = "classes"
  }

  static let cases: [Case] = [
    Case(testDescription: "adam") { _ in },
    Case(
      testDescription: "adamW", change: { ($0.optimizer, $0.weightDecay) = (.adamW, 0.1) },
      opt: "torch.optim.AdamW([dict(params=w, weight_decay=0.1), dict(params=o, weight_decay=0)], lr=lr)"),
    Case(
      testDescription: "momentum", change: { $0.optimizer = .sgd(momentum: 0.9) },
      opt: "torch.optim.SGD([dict(params=w, weight_decay=1e-2), dict(params=o)], lr=lr, momentum=0.9)"),
    Case(
      testDescription: "nesterov", change: { $0.optimizer = .sgd(momentum: 0.8, nesterov: true) },
      opt: "torch.optim.SGD([dict(params=w, weight_decay=1e-2), dict(params=o)], lr=lr, momentum=0.8, nesterov=True)"),
    Case(testDescription: "clipping", change: { $0.gradientClipping = 0.05 }, clip: "0.05"),
    Case(
      testDescription: "cosine", change: { $0.schedule = .cosine(floor: 0.1) },
      factor: "0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * t / T))"),
    Case(
      testDescription: "warm-up and steps",
      change: { $0.schedule = .product([.warmUp(epochs: 4), .step(epochs: 3, factor: 0.5)]) },
      factor: "min(1, (t + 1) / 4) * 0.5 ** (t // 3)"),
    Case(
      testDescription: "smoothing", change: { $0.labelSmoothing = 0.2 },
      loss: "F.cross_entropy(z, y, label_smoothing=0.2)"),
    Case(
      testDescription: "class weights", change: { $0.classWeights = .given([1, 3, 0.5]) },
      loss: "F.cross_entropy(z, y, weight=torch.tensor([1, 3, 0.5]))"),
    Case(
      testDescription: "l1", change: { $0.l1 = 0.01 },
      loss: "F.cross_entropy(z, y) + 0.01 * sum(p.abs().sum() for p in w)"),
    Case(testDescription: "soft labels", change: { _ in }, targets: "soft"),
    Case(
      testDescription: "several labels", change: { _ in },
      loss: "F.binary_cross_entropy_with_logits(z, y, reduction='sum') / len(y)", targets: "several"),
    Case(
      testDescription: "gelu and layer normalisation",
      change: {
        $0.architecture = .network(.init(hidden: [8, 5], activation: .gelu, normalization: .layer, dropout: 0))
      }
    ),
    Case(
      // Plain descent: the bias before a batch normalisation has no gradient, and Adam would blow up its rounding error.
      testDescription: "silu and batch normalisation",
      change: {
        $0.optimizer = .sgd(momentum: 0.9)
        $0.architecture = .network(
          .init(hidden: [8, 5], activation: .silu, normalization: .batch, dropout: 0))
      }, opt: "torch.optim.SGD([dict(params=w, weight_decay=1e-2), dict(params=o)], lr=lr, momentum=0.9)"),
    Case(
      testDescription: "tanh",
      change: { $0.architecture = .network(.init(hidden: [8], activation: .tanh, dropout: 0)) }),
    Case(
      testDescription: "leaky",
      change: { $0.architecture = .network(.init(hidden: [8], activation: .leakyRelu, dropout: 0)) }),
    Case(
      testDescription: "convolutions",
      change: {
        $0.architecture = .convolutional(
          .init(height: 9, width: 8, channels: 2, filters: [13, 4], kernel: 5, hidden: 6, dropout: 0))
      }),
  ]

  @Test("Steps are PyTorch's")
  func steps() throws {
    var files: [String: [UInt8]] = [:]
    var jobs: [[String]] = []
    for (index, reference) in Self.cases.enumerated() {
      var configuration = TrainingConfiguration(
        architecture: .perceptron(hidden: [8, 5], dropout: 0), epochs: 8, minimumSteps: 0, batchSize: 1000,
        learningRate: 0.01, l2: 1e-2)
      reference.change(&configuration)
      let set = Self.set(reference.targets, configuration.architecture)
      var first = configuration
      (first.epochs, first.optimizer, first.schedule) = (1, .adam, .constant)
      let start = try train(set, first)
      let final = try train(set, configuration, options: .init(start: start))
      let moved = zip(start.parameterValues, final.parameterValues).map { abs($0 - $1) }.max() ?? 0
      #expect(moved > 1e-3, "\(reference.testDescription)")
      files["data\(index)"] = try PythonReference.file(set)
      files["start\(index)"] = try start.safetensors()
      files["final\(index)"] = try final.safetensors()
      jobs.append([
        reference.opt, reference.loss, reference.factor, reference.clip, "\(configuration.epochs)",
        "\(configuration.learningRate)",
      ])
    }
    let printed = try PythonReference.run(
      Self.script, files: files, arguments: [String(decoding: try JSONEncoder().encode(jobs), as: UTF8.self)])
    let lines = printed.split(whereSeparator: \.isNewline)
    try #require(lines.count == Self.cases.count)
    for (line, reference) in zip(lines, Self.cases) {
      let difference = try #require(line.split(separator: " ").last.flatMap { Double($0) })
      // Adam divides by the root of tiny squares: rounding of gradients near 0 shows there.
      #expect(difference < 5e-5, "\(reference.testDescription): \(line)")
    }
  }

  static func set(_ targets: String, _ architecture: Architecture) -> LabelledSet {
    let isImage = if case .convolutional = architecture { true } else { false }
    var set = Fixtures.blobs(rows: 50, inputs: isImage ? 144 : 6, classes: 3, seed: 4, spread: 2)
    var rows = Matrix(rows: 50, columns: 3)
    for row in 0..<50 {
      for column in 0..<3 {
        let isOn = (row + column) % 3 == 0 || row % 5 == column
        rows[row, column] = targets == "soft" ? Float((row + column) % 3) / 3 : isOn ? 1 : 0
      }
    }
    if targets == "soft" { set.targets = .distributions(rows) }
    if targets == "several" { set.targets = .labels(rows) }
    return set
  }

  static let script = """
    import sys, json, math, torch, torch.nn.functional as F
    from safetensors.torch import load_file
    from safetensors import safe_open
    folder, jobs = sys.argv[1], json.loads(sys.argv[2])
    acts = dict(relu=F.relu, leakyRelu=lambda v: F.leaky_relu(v, 0.01), gelu=lambda v: F.gelu(v, approximate="tanh"),
                tanh=torch.tanh, silu=F.silu)
    def forward(x):
        h, i = x, 0
        if kind == "convolutional":
            h = h.reshape(-1, net["height"], net["width"], net["channels"]).permute(0, 3, 1, 2)
        while i < n:
            W, b = p[f"layers.{i}.weight"], p[f"layers.{i}.bias"]
            if W.dim() == 4:
                h = F.max_pool2d(F.relu(F.conv2d(h, W.permute(0, 3, 1, 2), b, padding=W.shape[1] // 2)), net["pooling"])
                i += 1
                continue
            if h.dim() == 4: h = h.permute(0, 2, 3, 1).flatten(1)
            h = F.linear(h, W, b)
            i += 1
            if i == n: return h
            if p[f"layers.{i}.weight"].dim() == 1:
                g, c = p[f"layers.{i}.weight"], p[f"layers.{i}.bias"]
                if net["normalization"] == "layer": h = F.layer_norm(h, g.shape, g, c)
                else: h = F.batch_norm(h, p[f"layers.{i}.running_mean"], p[f"layers.{i}.running_var"], g, c, True, 0.1)
                i += 1
            h = act(h)
    for index, (opt, loss, factor, clip, T, lr) in enumerate(jobs):
        T, lr, clip = int(T), float(lr), eval(clip)
        data, start, final = (load_file(f"{folder}/{n}{index}") for n in ("data", "start", "final"))
        shape = json.loads(safe_open(f"{folder}/start{index}", "pt").metadata()["winnow.architecture"])
        x = (data["x"] - start["input.mean"]) * start["input.scale"]
        y = data["y"]
        p = {k: v.clone().requires_grad_("running" not in k) for k, v in start.items() if k.startswith("layers.")}
        w = [v for k, v in p.items() if v.dim() > 1]
        o = [v for k, v in p.items() if v.dim() == 1 and "running" not in k]
        n = 1 + max(int(k.split(".")[1]) for k in p)
        kind = list(shape)[0]
        net = shape[kind].get("_0", shape[kind])
        act = acts[net.get("activation", "relu")]
        optimizer = eval(opt)
        for t in range(T):
            for group in optimizer.param_groups: group["lr"] = lr * eval(factor)
            optimizer.zero_grad()
            z = forward(x)
            eval(loss).backward()
            if clip: torch.nn.utils.clip_grad_norm_(w + o, clip)
            optimizer.step()
        worst = {k: (v.detach() - final[k]).abs().max().item() for k, v in p.items()}
        print(worst, max(worst.values()))
    """
}
