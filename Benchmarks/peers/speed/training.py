"""Training of the same networks on the same rows by PyTorch and scikit-learn."""
import numpy as np

from .queries import task

EPOCHS, BATCH = 50, 32


@task("PyTorch", "train", "Linear, ReLU, Linear; Adam, mini-batches of 32, 50 epochs")
def _(job):
    import torch

    x, y = torch.from_numpy(job.x[:2000]), torch.from_numpy(job.y[:2000])
    classes = len(job.net.b2)

    def run():
        torch.manual_seed(1)
        net = torch.nn.Sequential(torch.nn.Linear(x.shape[1], 256), torch.nn.ReLU(), torch.nn.Linear(256, classes))
        fit_torch(net, x, y, EPOCHS, job)
        return []

    return run


def fit_torch(net, x, y, epochs, job):
    import torch

    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(x)).split(BATCH):
            loss = torch.nn.functional.cross_entropy(net(x[rows]), y[rows])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(rows)
    job.figures["loss"] = total / len(x)


@task("scikit-learn", "train", "MLPClassifier(256), Adam, mini-batches of 32, 50 epochs")
def _(job):
    import warnings

    from sklearn.neural_network import MLPClassifier

    x, y = job.x[:2000], job.y[:2000]

    def run():
        clf = MLPClassifier((256,), batch_size=BATCH, max_iter=EPOCHS, n_iter_no_change=EPOCHS, tol=0, random_state=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clf.fit(x, y)
        job.figures["loss"] = clf.loss_
        return []

    return run


@task("PyTorch", "train_cnn", "Conv 32 and 64 of 5 x 5, dense 128; Adam, mini-batches of 32, 20 epochs")
def _(job):
    import torch

    images = pictures(job)
    x, y = torch.from_numpy(images[0]).reshape(-1, 1, 28, 28), torch.from_numpy(images[1])

    def run():
        torch.manual_seed(1)
        net = torch.nn.Sequential(
            torch.nn.Conv2d(1, 32, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
            torch.nn.Conv2d(32, 64, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
            torch.nn.Flatten(), torch.nn.Linear(64 * 49, 128), torch.nn.ReLU(), torch.nn.Dropout(0.5),
            torch.nn.Linear(128, 10))
        fit_torch(net, x, y, 20, job)
        return []

    return run


@task("scikit-learn", "train_linear", "LogisticRegression (L-BFGS), C = 1")
def _(job):
    import warnings

    from sklearn.linear_model import LogisticRegression

    x, y = job.x[:2000], job.y[:2000]

    def run():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clf = LogisticRegression(C=1.0, tol=1e-4, max_iter=100).fit(x, y)
        job.figures["iterations"] = int(clf.n_iter_[0])
        return []

    return run


def pictures(job):
    """1,000 drawn 28 x 28 pictures, the same that the Swift side reads: pixels (n, 784) and classes."""
    folder = job.folder
    return (np.fromfile(folder / "pictures.f32", np.float32).reshape(-1, 784),
            np.fromfile(folder / "pictures.i64", np.int64))
