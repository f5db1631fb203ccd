"""The head that every library is given: Winnow's default perceptron, trained the same way, in NumPy."""
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Head(ClassifierMixin, BaseEstimator):
    """d-128-c with dropout 0.5; Adam at 0.003, mini-batches of 32, L2 1e-4, 60 epochs and at least 250 steps."""

    def __init__(self, classes=2, hidden=128, passes=20, seed=0):
        self.classes, self.hidden, self.passes, self.seed = classes, hidden, passes, seed

    def fit(self, x, y, sample_weight=None):
        random = np.random.default_rng(self.seed)
        x, y = np.asarray(x, np.float32), np.asarray(y, int)
        n, d = x.shape
        self.classes_ = np.arange(self.classes)
        self.n_features_in_ = d
        self.mean = x.mean(0)
        self.scale = np.float32(1 / max(np.sqrt((x - self.mean).var()), 1e-12))
        x = (x - self.mean) * self.scale
        target = np.eye(self.classes, dtype=np.float32)[y]
        w = [random.normal(0, np.sqrt(2 / d), (d, self.hidden)), np.zeros(self.hidden),
             random.normal(0, np.sqrt(1 / self.hidden), (self.hidden, self.classes)), np.zeros(self.classes)]
        w = [part.astype(np.float32) for part in w]
        m, v = [np.zeros_like(part) for part in w], [np.zeros_like(part) for part in w]
        steps = -(-n // 32)
        step = 0
        for _ in range(max(60, -(-250 // steps))):
            order = random.permutation(n)
            for start in range(0, n, 32):
                rows = order[start:start + 32]
                step += 1
                h = x[rows] @ w[0] + w[1]
                live = (h > 0) * (random.random(h.shape, np.float32) < 0.5) * np.float32(2)
                h *= live
                z = h @ w[2] + w[3]
                z -= z.max(1, keepdims=True)
                p = np.exp(z)
                p /= p.sum(1, keepdims=True)
                dz = (p - target[rows]) / len(rows)
                dh = (dz @ w[2].T) * live
                gradient = [x[rows].T @ dh + 1e-4 * w[0], dh.sum(0), h.T @ dz + 1e-4 * w[2], dz.sum(0)]
                rate = 0.003 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                for i, g in enumerate(gradient):
                    m[i] += 0.1 * (g - m[i])
                    v[i] += 0.001 * (g * g - v[i])
                    w[i] -= np.float32(rate) * m[i] / (np.sqrt(v[i]) + 1e-8)
        self.w = w
        return self

    def embed(self, x):
        """The hidden layer (n, h) without dropout."""
        x = (np.asarray(x, np.float32) - self.mean) * self.scale
        return np.maximum(x @ self.w[0] + self.w[1], 0)

    def passes_of(self, x):
        """Probabilities of dropout passes (t, n, c), each with one mask for all rows."""
        h = self.embed(x)
        random = np.random.default_rng(self.seed + 1)
        result = []
        for _ in range(self.passes):
            mask = (random.random(self.hidden) < 0.5).astype(np.float32) * 2
            z = h @ (self.w[2] * mask[:, None]) + self.w[3]
            p = np.exp(z - z.max(1, keepdims=True))
            result.append(p / p.sum(1, keepdims=True))
        return np.stack(result)

    def predict_proba(self, x):
        return self.passes_of(x).mean(0)

    def predict(self, x):
        return self.predict_proba(x).argmax(1)
