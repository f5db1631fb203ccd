"""Queries as each library's documentation recommends them: every function prepares and returns what is timed.

`job` has the features `x` (n, d), the labels `y`, the number `labelled` of labelled rows (the first ones), the batch size
`b`, the number of passes `t` and the perceptron `net`. What is returned gives the rows chosen, counted in `x`.
"""
import numpy as np

TASKS = {}


def task(library, name, how):
    def register(function):
        TASKS[library, name] = (function, how)
        return function

    return register


def partially_labelled(job):
    y = np.full(len(job.x), np.nan)
    y[: job.labelled] = job.y[: job.labelled]
    return y


# numpy and scikit-learn: what a careful user writes by hand.


@task("numpy", "entropy", "MLPClassifier.predict_proba, scipy.stats.entropy, argpartition")
def _(job):
    from scipy.stats import entropy

    clf, x = job.net.sklearn(), job.x[job.labelled :]

    def run():
        scores = entropy(clf.predict_proba(x), axis=1)
        return np.argpartition(-scores, job.b)[: job.b] + job.labelled

    return run


@task("numpy", "kmeans", "sklearn.cluster.KMeans(100), nearest to the centres")
def _(job):
    from sklearn.cluster import KMeans
    from sklearn.metrics import pairwise_distances_argmin

    x = job.x[job.labelled :]

    def run():
        means = KMeans(job.b, random_state=7).fit(x)
        job.figures["inertia"], job.figures["iterations"] = float(means.inertia_), means.n_iter_
        return pairwise_distances_argmin(means.cluster_centers_, x) + job.labelled

    return run


# PyTorch: the two ways of MC dropout that users write.


@task("PyTorch", "entropy", "one pass in inference mode, torch.topk")
def _(job):
    import torch

    net, x = job.net.torch(), torch.from_numpy(job.x[job.labelled :])

    @torch.inference_mode()
    def run():
        p = torch.softmax(net(x), 1)
        return torch.topk(torch.special.entr(p).sum(1), job.b).indices.numpy() + job.labelled

    return run


def torch_bald(job, shared):
    import torch

    net, x = job.net.torch().train(), torch.from_numpy(job.x[job.labelled :])
    first, rest = net[:2], net[2:]

    @torch.inference_mode()
    def run():
        scores = []
        for rows in x.split(4096):
            hidden = first(rows)
            p = torch.stack(
                [torch.softmax(rest(hidden if shared else first(rows)), 1) for _ in range(job.t)])
            mean = p.mean(0)
            scores.append(torch.special.entr(mean).sum(1) - torch.special.entr(p).sum(2).mean(0))
        return torch.topk(torch.cat(scores), job.b).indices.numpy() + job.labelled

    return run


@task("PyTorch", "bald", "20 passes, the first layer computed once, in blocks of 4,096 rows")
def _(job):
    return torch_bald(job, shared=True)


@task("PyTorch, 20 passes", "bald", "20 whole passes in blocks of 4,096 rows")
def _(job):
    return torch_bald(job, shared=False)


# modAL


def modal_learner(job):
    from modAL.models import ActiveLearner

    return ActiveLearner(estimator=job.net.sklearn())


@task("modAL", "entropy", "ActiveLearner.query, entropy_sampling")
def _(job):
    from modAL.uncertainty import entropy_sampling

    learner, x = modal_learner(job), job.x[job.labelled :]
    learner.query_strategy = entropy_sampling
    return lambda: np.asarray(learner.query(x, n_instances=job.b)[0]) + job.labelled


@task("modAL", "bald", "DeepActiveLearner on skorch, mc_dropout_bald")
def _(job):
    import torch
    from modAL.dropout import mc_dropout_bald
    from modAL.models import DeepActiveLearner
    from skorch import NeuralNetClassifier

    estimator = NeuralNetClassifier(job.net.torch(), criterion=torch.nn.CrossEntropyLoss, device="cpu").initialize()
    estimator.module_.load_state_dict(job.net.torch().state_dict())
    learner = DeepActiveLearner(estimator=estimator, query_strategy=mc_dropout_bald)
    x = torch.from_numpy(job.x[job.labelled :])
    return lambda: np.asarray(
        learner.query(x, n_instances=job.b, num_cycles=job.t, dropout_layer_indexes=[3])[0]) + job.labelled


@task("modAL", "margin_diverse", "ActiveLearner.query, uncertainty_batch_sampling (ranked batch)")
def _(job):
    from modAL.batch import uncertainty_batch_sampling

    learner, x = modal_learner(job), job.x[job.labelled :]
    learner.query_strategy = uncertainty_batch_sampling
    learner.X_training, learner.y_training = job.x[: job.labelled], job.y[: job.labelled]
    return lambda: np.asarray(learner.query(x, n_instances=job.b)[0]) + job.labelled


# scikit-activeml


def skactiveml_classifier(job, mask=None):
    """A SklearnClassifier that was fitted the ordinary way, then given the weights that all programs share."""
    import warnings

    from skactiveml.classifier import SklearnClassifier
    from sklearn.neural_network import MLPClassifier

    classes = len(job.net.b2)
    mlp = MLPClassifier((len(job.net.b1),), max_iter=1, solver="sgd", batch_size=classes)
    clf = SklearnClassifier(mlp, classes=np.arange(classes))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clf.fit(np.zeros((classes, job.x.shape[1]), np.float32), np.arange(classes))
    given = job.net.sklearn(mask)
    clf.estimator_.coefs_, clf.estimator_.intercepts_ = given.coefs_, given.intercepts_
    return clf


@task("scikit-activeml", "entropy", "UncertaintySampling(method='entropy').query, fitted classifier")
def _(job):
    from skactiveml.pool import UncertaintySampling

    clf, y = skactiveml_classifier(job), partially_labelled(job)
    strategy = UncertaintySampling(method="entropy", random_state=7)
    return lambda: strategy.query(job.x, y, clf, fit_clf=False, batch_size=job.b)


@task("scikit-activeml", "bald", "GreedyBALD.query over 20 fitted classifiers with dropped units")
def _(job):
    from skactiveml.pool import GreedyBALD

    y = partially_labelled(job)
    members = [skactiveml_classifier(job, mask) for mask in job.net.masks(job.t)]
    strategy = GreedyBALD(random_state=7)
    return lambda: strategy.query(job.x, y, members, fit_ensemble=False, batch_size=job.b)


@task("scikit-activeml", "core_set", "CoreSet.query")
def _(job):
    from skactiveml.pool import CoreSet

    y, strategy = partially_labelled(job), CoreSet(random_state=7)
    return lambda: strategy.query(job.x, y, batch_size=job.b)


@task("scikit-activeml", "typiclust", "TypiClust.query")
def _(job):
    from skactiveml.pool import TypiClust

    y, strategy = partially_labelled(job), TypiClust(random_state=7)
    return lambda: strategy.query(job.x, y, batch_size=job.b)


@task("scikit-activeml", "badge", "Badge.query with the 128 hidden units as embedding")
def _(job):
    from skactiveml.base import SkactivemlClassifier
    from skactiveml.pool import Badge

    net = job.net

    class Frozen(SkactivemlClassifier):
        def fit(self, X, y, sample_weight=None):
            return self

        def predict_proba(self, X, embeddings=False):
            hidden = net.hidden(X)
            from scipy.special import softmax

            p = softmax(hidden @ net.w2 + net.b2, axis=1)
            return (p, hidden) if embeddings else p

    y, clf = partially_labelled(job), Frozen(classes=np.arange(len(net.b2)))
    strategy = Badge(random_state=7, clf_embedding_flag_name="embeddings")
    return lambda: strategy.query(job.x, y, clf, fit_clf=False, batch_size=job.b)


@task("scikit-activeml", "entropy_diverse", "Clue(method='entropy').query, fitted classifier")
def _(job):
    from skactiveml.pool import Clue

    clf, y, strategy = skactiveml_classifier(job), partially_labelled(job), Clue(random_state=7)
    return lambda: strategy.query(job.x, y, clf, fit_estimator=False, batch_size=job.b)


# small-text


def small_text_job(job):
    from small_text import SklearnClassifier, SklearnDataset

    classes = np.arange(len(job.net.b2))
    clf = SklearnClassifier(job.net.sklearn(), len(classes))
    clf.model = job.net.sklearn()
    dataset = SklearnDataset(job.x, job.y.astype(np.int64), target_labels=classes)
    unlabelled, labelled = np.arange(job.labelled, len(job.x)), np.arange(job.labelled)
    return clf, dataset, unlabelled, labelled, job.y[: job.labelled]


@task("small-text", "entropy", "PredictionEntropy.query")
def _(job):
    from small_text import PredictionEntropy

    arguments, strategy = small_text_job(job), PredictionEntropy()
    return lambda: strategy.query(*arguments, n=job.b)


@task("small-text", "core_set", "GreedyCoreset.query")
def _(job):
    from small_text import GreedyCoreset

    arguments, strategy = small_text_job(job), GreedyCoreset()
    return lambda: strategy.query(*arguments, n=job.b, embeddings=job.x)


@task("small-text", "kmeans", "EmbeddingKMeans.query")
def _(job):
    from small_text import EmbeddingKMeans

    arguments, strategy = small_text_job(job), EmbeddingKMeans()
    # Embeddings are taken in the order unlabelled, labelled.
    embeddings = np.concatenate([job.x[job.labelled :], job.x[: job.labelled]])
    return lambda: strategy.query(*arguments, n=job.b, embeddings=embeddings)


@task("small-text", "badge", "BADGE.query with the 128 hidden units as embedding")
def _(job):
    from small_text.integrations.pytorch.query_strategies import BADGE

    arguments, strategy = small_text_job(job), BADGE(len(job.net.b2))

    def run():
        hidden = job.net.hidden(np.concatenate([job.x[job.labelled :], job.x[: job.labelled]]))
        return strategy.query(*arguments, n=job.b, embeddings=hidden)

    return run


@task("small-text", "bald", "BALD(20).query; predict_proba with dropout by PyTorch, the first layer computed once")
def _(job):
    import torch
    from small_text import BALD

    clf, *arguments = small_text_job(job)
    net = job.net.torch().train()
    first, rest = net[:2], net[2:]

    @torch.inference_mode()
    def predict_proba(dataset, dropout_sampling=1):
        hidden = first(torch.from_numpy(dataset.x))
        return torch.stack([torch.softmax(rest(hidden), 1) for _ in range(dropout_sampling)], 1).numpy()

    clf.predict_proba = predict_proba
    strategy = BALD(dropout_samples=job.t)
    return lambda: strategy.query(clf, *arguments, n=job.b)


# baal


@task("baal", "bald", "patch_module, ModelWrapper.predict_on_dataset(iterations=20), BALD heuristic")
def _(job):
    import torch
    from baal.active.heuristics import BALD
    from baal.bayesian.dropout import patch_module
    from baal.modelwrapper import ModelWrapper, TrainingArgs

    x = torch.from_numpy(job.x[job.labelled :])
    wrapper = ModelWrapper(
        patch_module(job.net.torch()),
        TrainingArgs(batch_size=1024, use_cuda=False, workers=0, replicate_in_memory=True))
    dataset = torch.utils.data.TensorDataset(x, torch.zeros(len(x), dtype=torch.long))

    def run():
        predictions = wrapper.predict_on_dataset(dataset, iterations=job.t, verbose=False)
        return BALD()(predictions)[: job.b] + job.labelled

    return run


@task("baal", "entropy", "ModelWrapper.predict_on_dataset(iterations=1), Entropy heuristic")
def _(job):
    import torch
    from baal.active.heuristics import Entropy
    from baal.modelwrapper import ModelWrapper, TrainingArgs

    x = torch.from_numpy(job.x[job.labelled :])
    wrapper = ModelWrapper(job.net.torch(), TrainingArgs(batch_size=1024, use_cuda=False, workers=0))
    dataset = torch.utils.data.TensorDataset(x, torch.zeros(len(x), dtype=torch.long))

    def run():
        predictions = wrapper.predict_on_dataset(dataset, iterations=1, verbose=False)
        return Entropy()(predictions)[: job.b] + job.labelled

    return run
