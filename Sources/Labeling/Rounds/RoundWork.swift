import Domain
import Learning
import Logging
import Sampling
import Storage
import Tensors

/// One round under way.
struct RoundWork {
  let service: LabelingService
  let project: ProjectID
  var round: Round
  var report = RoundReport()

  init(service: LabelingService, project: ProjectID, round: Round) {
    self.service = service
    self.project = project
    self.round = round
  }

  /// What the phases hand to each other.
  struct Ground {
    let definition: Project
    let rows: Int
    let features: PoolFeatures?
    let data: TrainingData
  }

  mutating func run() throws {
    let ground = try prepare()
    var model = try train(on: ground)
    try enter(.scoring)
    model = try model.map { try measure($0, on: ground) }
    let unlearnable = try filterOutliers(on: ground)
    let chosen = try choose(ground, model: model?.model, unlearnable: unlearnable)
    try serve(chosen, again: try doubtful(ground.definition), model: model)
  }

  // MARK: Phases

  /// Brings the features up to date and reads the labels.
  private mutating func prepare() throws -> Ground {
    let now = service.clock()
    // One that could not be put back, as on a full disk, still says where it was.
    if round.state != .queued { try round.become(.queued) }
    round.attempts += 1
    round.startedAt = now
    try round.become(.training)
    round.error = nil
    let (service, project, started) = (service, project, round)
    let (definition, rows) = try service.store.writeAndWait { connection in
      // Somebody may have cancelled it between the trainer's look at the queue and now.
      guard try connection.round(started.number, in: project)?.state.isPending == true else {
        throw CancellationError()
      }
      return try service.withBoard(project, connection) { board, connection in
        let scope = RoundScope(
          annotationsSeen: try connection.newestAnnotation(of: project), poolSize: board.pool.itemCount)
        try connection.updateRound(started, in: project, scope: scope)
        // What counts as new for the next round begins here.
        board.roundLooks(at: scope)
        return (board.project, board.pool.rowCount)
      }
    }
    publish()
    let features = try timed("features") { work in
      try work.service.features.update(
        definition, rows: rows, progress: { work.tell($0) }, isCancelled: { work.isCancelled })
    }
    let data = try service.store.read { try TrainingData(project: definition, rows: rows, connection: $0) }
    report.labels.training = data.training.rows.count
    report.labels.evaluation = data.evaluation.rows.count
    for (label, count) in zip(definition.labels, data.trainingCounts(labels: definition.labels.count)) where count > 0 {
      report.labels.perLabel[label.name] = count
    }
    return Ground(definition: definition, rows: rows, features: features, data: data)
  }

  /// Scores the pool and orders the head of the queue.
  private mutating func choose(
    _ ground: Ground, model: RoundModel?, unlearnable: Double
  ) throws -> Selection {
    let (service, project) = (service, project)
    let rows = ground.rows
    let pool = try service.store.writeAndWait { connection in
      try service.withBoard(project, connection) { board, _ in board.pool }
    }
    // On a copy, so that no label waits while the pool is walked.
    let all = pool.candidatesBeforeFilter().filter { $0 < rows }
    let candidates = all.filter { pool.isOpen($0) }
    report.selection.candidates = candidates.count
    report.selection.outliers = all.count - candidates.count
    let settings = ground.definition.settings
    let question = PoolQuestion(
      strategy: settings.strategy, project: ground.definition, seed: round.seed &+ UInt64(round.number))
    let opinions = PoolQuestion.Ground(
      model: model, features: ground.features, views: service.views(of: ground.features, in: ground.definition),
      data: ground.data, unlearnable: unlearnable)
    let scored = try timed("scoring", figures: { ($0.operations, nil) }) { work in
      try question.score(
        candidates, on: opinions, progress: { work.tell($0) }, isCancelled: { work.isCancelled })
    }
    try enter(.selecting)
    let head = min(2 * settings.batchSize, 200)
    let total = max(head, min(2000, max(500, 20 * settings.batchSize)))
    return try timed("selecting") { _ in try question.plan(scored, head: head, total: total) }
  }

  /// Ranks the labelled items of which one more opinion is wanted, where the project asks again.
  private mutating func doubtful(_ project: Project) throws -> [(row: Int, utility: Double)] {
    guard project.settings.askAgain.enabled else { return [] }
    return try timed("asking_again") { work in
      try work.service.askAgain(in: project, isCancelled: { work.isCancelled })
    }
  }

  /// Makes this round's queue the one that is served, in one step.
  private mutating func serve(
    _ selection: Selection, again: [(row: Int, utility: Double)], model: ServingModel?
  ) throws {
    if service.scheduler.isCancelled { throw CancellationError() }
    report.selection.queued = selection.chosen.count
    report.selection.duplicates = selection.duplicatesCollapsed
    round.strategyUsed = selection.strategyUsed
    round.reason = selection.reason
    round.error = nil
    round.report = report.text
    // On a copy: where it cannot be written, the round is still selecting, and fails as such.
    var ready = round
    try ready.become(.serving)
    ready.finishedAt = service.clock()
    let (service, project, serving) = (service, project, ready)
    let version = model?.featureVersion
    let chosen = selection.chosen.map { (row: $0.row, utility: $0.utility) }
    // Whoever reads that the round serves must be answered by its model: it stands ready before the commit. Where that fails, the
    // model that serves is read again.
    var isCommitted = false
    defer { if !isCommitted { service.models.readAnew(project) } }
    try service.store.writeAndWait { connection in
      try service.withBoard(project, connection) { board, connection in
        // Items may have been removed while the round looked at them.
        let entries = chosen.filter { board.pool.contains($0.row) }
        try connection.supersedeRounds(in: project)
        try connection.updateRound(serving, in: project, featureVersion: version)
        try connection.replaceQueue(of: project, with: entries)
        board.ranking = Ranking(
          round: serving.number, strategy: serving.strategyUsed ?? "random", entries: entries)
        try board.replaceAgain(with: again, connection: connection)
        // Items that were given back are ranked anew with all others; those of the evaluation stream keep their turn.
        board.returned.removeAll { row, provenance in
          !provenance.evaluation && provenance.strategy != "stream" && board.pool.opinions[row] == 0
        }
      }
      service.models.serve(model, for: project)
    }
    isCommitted = true
    round = serving
    publish()
    service.logger.info(
      "a round serves",
      metadata: [
        "project": "\(project)", "round": "\(round.number)", "labels": "\(report.labels.training)",
        "strategy": "\(round.strategyUsed ?? "")", "milliseconds": "\(report.durationsMs.values.reduce(0, +))",
      ])
  }

  /// Ends the round early.
  func finish(_ state: RoundState, error: String?) {
    var ended = round
    do { try ended.become(state) } catch {
      return service.logger.error("a round cannot be ended", metadata: ["error": "\(error)"])
    }
    ended.error = error
    ended.report = report.text
    ended.finishedAt = service.clock()
    write(ended)
    service.tell(ended, in: project, progress: 1)
  }

  /// Leaves the round to the next start, or until the disk takes writes; neither counts as an attempt.
  ///
  /// - Parameter error: why it waits, for those who look.
  func putBack(error: String? = nil) {
    var waiting = round
    do { try waiting.become(.queued) } catch { return }
    waiting.attempts = max(0, waiting.attempts - 1)
    waiting.report = report.text
    waiting.error = error
    write(waiting)
    service.tell(waiting, in: project, progress: 0)
  }

  private func write(_ round: Round) {
    let project = project
    do {
      try service.store.writeAndWait { try $0.updateRound(round, in: project) }
    } catch {
      service.logger.error("a round's end cannot be written", metadata: ["error": "\(error)"])
    }
  }

  // MARK: Progress

  private mutating func enter(_ state: RoundState) throws {
    if service.scheduler.isCancelled { throw CancellationError() }
    try round.become(state)
    round.report = report.text
    let (project, changed) = (project, round)
    try service.store.writeAndWait { try $0.updateRound(changed, in: project) }
    publish()
  }

  var isCancelled: Bool { service.scheduler.isCancelled }

  private func publish() { service.tell(round, in: project, progress: 0) }

  func tell(_ progress: Double) { service.progress(round, in: project, progress) }

  /// Runs a phase and notes what it took.
  ///
  /// - Parameter figures: operations and parameters of what came out, where they are known.
  mutating func timed<Value>(
    _ phase: String, figures: (Value) -> (operations: Double?, parameters: Int?) = { _ in (nil, nil) },
    _ body: (RoundWork) throws -> Value
  ) throws -> Value {
    let work = self
    let value = try report.cost.measure(phase, resettingPeak: true, figures: figures) { try body(work) }
    report.durationsMs[phase] = Int((report.cost.phases.last?.seconds ?? 0) * 1000)
    return value
  }
}
