"""The perceptron that Winnow trained, as each library takes it."""
import numpy as np
from safetensors.numpy import load_file


class Perceptron:
    """384-128-10 with the input scaling folded into the first layer; dropout 0.5 stands behind the rectifier."""

    def __init__(self, path):
        tensors = load_file(path)
        mean, scale = tensors["input.mean"], tensors["input.scale"]
        self.w1 = (tensors["layers.0.weight"].T * scale).astype(np.float32)
        self.b1 = (tensors["layers.0.bias"] - mean @ self.w1).astype(np.float32)
        self.w2 = tensors["layers.1.weight"].T.astype(np.float32)
        self.b2 = tensors["layers.1.bias"].astype(np.float32)

    def hidden(self, x):
        h = x @ self.w1
        h += self.b1
        return np.maximum(h, 0, out=h)

    def probabilities(self, x):
        from scipy.special import softmax

        return softmax(self.hidden(x) @ self.w2 + self.b2, axis=1)

    def sklearn(self, mask=None):
        """A fitted MLPClassifier with these weights; `mask` scales hidden units, as one dropout pass does."""
        from sklearn.neural_network import MLPClassifier

        classes = len(self.b2)
        clf = MLPClassifier(hidden_layer_sizes=(self.w1.shape[1],), max_iter=1, solver="sgd", batch_size=classes)
        x = np.zeros((classes, self.w1.shape[0]), np.float32)
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clf.fit(x, np.arange(classes))
        w2 = self.w2 if mask is None else self.w2 * mask[:, None]
        clf.coefs_, clf.intercepts_ = [self.w1, w2], [self.b1, self.b2]
        return clf

    def torch(self):
        import torch

        module = torch.nn.Sequential(
            torch.nn.Linear(*self.w1.shape), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(*self.w2.shape)
        )
        with torch.no_grad():
            for layer, w, b in ((module[0], self.w1, self.b1), (module[3], self.w2, self.b2)):
                layer.weight.copy_(torch.from_numpy(w.T.copy()))
                layer.bias.copy_(torch.from_numpy(b))
        return module.eval()

    def masks(self, passes, seed=0):
        """Dropout masks shared by all rows, (t, h)."""
        random = np.random.default_rng(seed)
        return (random.random((passes, self.w1.shape[1])) < 0.5).astype(np.float32) * 2
