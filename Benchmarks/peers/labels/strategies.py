"""Query strategies of the libraries, as their documentation recommends them, over one shared head.

Each takes a `Round` and returns `b` positions in the pool. The head is fitted already where a strategy needs one.
"""
import numpy as np

STRATEGIES = {}


class Round:
    """What is known when a batch is asked for."""

    def __init__(self, x, y, labelled, b, classes, head, seed):
        self.x, self.labelled, self.b, self.classes, self.head, self.seed = x, labelled, b, classes, head, seed
        self.y = y  # (n) with NaN for what is not labelled
        self.unlabelled = np.flatnonzero(np.isnan(y))


def strategy(name, start="random"):
    def register(function):
        STRATEGIES[name] = (function, start)
        return function

    return register


# scikit-activeml


def wrapped(job):
    """The fitted head as a classifier of scikit-activeml that also gives its hidden layer."""
    from skactiveml.base import SkactivemlClassifier

    head = job.head

    class Frozen(SkactivemlClassifier):
        def fit(self, X, y, sample_weight=None):
            return self

        def predict_proba(self, X, embeddings=False):
            p = head.predict_proba(X)
            return (p, head.embed(X)) if embeddings else p

        def predict(self, X):
            return self.predict_proba(X).argmax(1)

    clf = Frozen(classes=np.arange(job.classes))
    return clf


@strategy("scikit-activeml margin")
def _(job):
    from skactiveml.pool import UncertaintySampling

    return UncertaintySampling(method="margin_sampling", random_state=job.seed).query(
        job.x, job.y, wrapped(job), fit_clf=False, batch_size=job.b)


@strategy("scikit-activeml entropy")
def _(job):
    from skactiveml.pool import UncertaintySampling

    return UncertaintySampling(method="entropy", random_state=job.seed).query(
        job.x, job.y, wrapped(job), fit_clf=False, batch_size=job.b)


@strategy("scikit-activeml Badge")
def _(job):
    from skactiveml.pool import Badge

    return Badge(random_state=job.seed, clf_embedding_flag_name="embeddings").query(
        job.x, job.y, wrapped(job), fit_clf=False, batch_size=job.b)


@strategy("scikit-activeml TypiClust", start="own")
def _(job):
    from skactiveml.pool import TypiClust

    return TypiClust(random_state=job.seed).query(job.x, job.y, batch_size=job.b)


@strategy("scikit-activeml DropQuery")
def _(job):
    from skactiveml.pool import DropQuery

    return DropQuery(random_state=job.seed).query(job.x, job.y, wrapped(job), fit_clf=False, batch_size=job.b)


@strategy("scikit-activeml Falcun")
def _(job):
    from skactiveml.pool import Falcun

    return Falcun(random_state=job.seed).query(job.x, job.y, wrapped(job), fit_clf=False, batch_size=job.b)


@strategy("scikit-activeml CoreSet")
def _(job):
    from skactiveml.pool import CoreSet

    return CoreSet(random_state=job.seed).query(job.x, job.y, batch_size=job.b)


@strategy("scikit-activeml Clue")
def _(job):
    from skactiveml.pool import Clue

    return Clue(random_state=job.seed).query(job.x, job.y, wrapped(job), fit_estimator=False, batch_size=job.b)


# modAL


def learner(job, query_strategy):
    from modAL.models import ActiveLearner

    result = ActiveLearner(estimator=job.head, query_strategy=query_strategy)
    result.X_training, result.y_training = job.x[job.labelled], job.y[job.labelled]
    return result


@strategy("modAL margin")
def _(job):
    from modAL.uncertainty import margin_sampling

    return job.unlabelled[learner(job, margin_sampling).query(job.x[job.unlabelled], n_instances=job.b)[0]]


@strategy("modAL ranked batch")
def _(job):
    from modAL.batch import uncertainty_batch_sampling

    return job.unlabelled[
        learner(job, uncertainty_batch_sampling).query(job.x[job.unlabelled], n_instances=job.b)[0]]


# small-text


def small_text(job):
    from small_text import SklearnDataset

    head = job.head

    class Classifier:
        num_classes = job.classes

        def fit(self, train_set, weights=None):
            return self

        def predict_proba(self, dataset):
            return head.predict_proba(dataset.x)

        def predict(self, dataset, return_proba=False):
            p = self.predict_proba(dataset)
            return (p.argmax(1), p) if return_proba else p.argmax(1)

        def embed(self, dataset, return_proba=False, pbar=None, **_):
            h = head.embed(dataset.x)
            return (h, self.predict_proba(dataset)) if return_proba else h

    labels = np.where(np.isnan(job.y), 0, job.y).astype(np.int64)
    dataset = SklearnDataset(job.x, labels, target_labels=np.arange(job.classes))
    return Classifier(), dataset, job.unlabelled, job.labelled, labels[job.labelled]


@strategy("small-text BreakingTies")
def _(job):
    from small_text import BreakingTies

    return BreakingTies().query(*small_text(job), n=job.b)


@strategy("small-text BADGE")
def _(job):
    from small_text.integrations.pytorch.query_strategies import BADGE

    return BADGE(job.classes).query(*small_text(job), n=job.b, pbar=None)


@strategy("small-text EmbeddingKMeans")
def _(job):
    from small_text import EmbeddingKMeans

    return EmbeddingKMeans().query(*small_text(job), n=job.b, pbar=None)


@strategy("small-text CAL")
def _(job):
    from small_text import ContrastiveActiveLearning

    return ContrastiveActiveLearning(pbar=None).query(*small_text(job), n=job.b, pbar=None)


# baal


def passes_last(job):
    return np.moveaxis(job.head.passes_of(job.x[job.unlabelled]), 0, 2)


@strategy("baal BALD")
def _(job):
    from baal.active.heuristics import BALD

    return job.unlabelled[BALD()(passes_last(job))[: job.b]]


@strategy("baal BatchBALD")
def _(job):
    from baal.active.heuristics import BatchBALD

    heuristic = BatchBALD(num_samples=job.b)
    return job.unlabelled[np.asarray(heuristic(passes_last(job)))[: job.b]]


@strategy("baal Margin")
def _(job):
    from baal.active.heuristics import Margin

    return job.unlabelled[Margin()(passes_last(job))[: job.b]]
