import Learning
import Tensors
import Testing

@Suite(
  .enabled(
    if: PythonReference.hasScikitLearn && PythonReference.hasSafetensors, "Python has no scikit-learn and safetensors"))
struct ScikitLearnReferenceTests {
  @Test("Softmax regression by L-BFGS is scikit-learn's logistic regression", arguments: [1.0, 0.01])
  func logisticRegression(c: Double) throws {
    let set = Fixtures.blobs(rows: 400, inputs: 12, classes: 5, seed: 3, spread: 4, scale: 3, shift: 2)
    let model = try train(
      set,
      TrainingConfiguration(
        architecture: .linear, optimizer: .lbfgs(iterations: 1000, tolerance: 1e-6), l2: Float(1 / (c * 400))))
    let p = try model.probabilities(of: set.features.view)
    var file = SafeTensors()
    file.tensors["p"] = .init(shape: [400, 5], values: .float32(p.values))
    let script = """
      import sys, numpy as np
      from safetensors.numpy import load_file
      from sklearn.linear_model import LogisticRegression
      folder, c = sys.argv[1], float(sys.argv[2])
      data, model, ours = (load_file(f"{folder}/{n}") for n in ("data", "model", "ours"))
      x = (data["x"].astype(np.float64) - model["input.mean"]) * model["input.scale"]
      theirs = LogisticRegression(C=c, max_iter=10000, tol=1e-8).fit(x, data["y"])
      print(np.abs(theirs.predict_proba(x) - ours["p"]).max())
      """
    let printed = try PythonReference.run(
      script, files: ["data": PythonReference.file(set), "model": model.safetensors(), "ours": file.encode()],
      arguments: ["\(c)"])
    let difference = try #require(printed.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) })
    #expect(difference < 1e-3)
  }
}
