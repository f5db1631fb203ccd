import Domain
import Labeling
import Storage
import Telemetry

/// Writes everything that is measured, as Prometheus reads it.
struct MetricsPage {
  let metrics: Metrics
  let service: LabelingService
  let readiness: [HealthCheck]
  /// Downloads of backups that have not ended.
  let backups: Int

  /// Projects that are told apart; past them only the sums would grow, and a scrape with them.
  private static let projectLimit = 500

  func text() -> String {
    var page = Exposition()
    requests(&page)
    projects(&page)
    work(&page)
    storage(&page)
    process(&page)
    return page.text
  }

  private func requests(_ page: inout Exposition) {
    let routes = metrics.routes.filter { route in route.statuses.contains { $0.value > 0 } }
    page.add(
      "winnow_http_requests_total", .counter, "Requests by route, method and class of status.",
      routes.flatMap { route in
        zip(["aborted", "1xx", "2xx", "3xx", "4xx", "5xx"], route.statuses).filter { $1.value > 0 }.map { name, count in
          (labels(route) + [("status", name)], Double(count.value))
        }
      })
    page.add(
      "winnow_http_request_seconds", "Seconds from a request's head to the end of its answer.",
      routes.map { (labels($0), $0.seconds) })
    page.add(
      "winnow_http_request_bytes_total", .counter, "Bytes of bodies that arrived.",
      routes.map { (labels($0), Double($0.bytesReceived.value)) })
    page.add(
      "winnow_http_response_bytes_total", .counter, "Bytes of bodies that were sent.",
      routes.map { (labels($0), Double($0.bytesSent.value)) })
    page.add(
      "winnow_http_requests_in_flight", .gauge, "Requests that have not ended.", Double(metrics.inFlight.value))
    page.add(
      "winnow_slow_requests_total", .counter, "Requests that took over a second; the log has their phases.",
      Double(metrics.slowRequests.value))
    page.add(
      "winnow_rate_limited_requests_total", .counter, "Requests that were refused with 429.",
      Double(metrics.rateLimited.value))
    page.add(
      "winnow_sign_in_failures_total", .counter, "Attempts to sign in that were refused.",
      Double(metrics.signInFailures.value))
    page.add("winnow_backups_under_way", .gauge, "Downloads of backups that have not ended.", Double(backups))
    if let connections = metrics.connections {
      page.add("winnow_connections_open", .gauge, "Open connections.", Double(connections.open))
      page.add(
        "winnow_connections_suspended", .gauge, "Connections that wait for an answer to be made, or to be read.",
        Double(connections.suspended))
    }
    page.add(
      "winnow_event_streams", .gauge, "Open streams of events.", Double(service.events.listenerCount))
  }

  private func labels(_ route: Metrics.RouteCounts) -> Exposition.Labels {
    [("route", route.name), ("method", route.method)]
  }

  /// Projects by their number: their names are nobody's business here.
  private func projects(_ page: inout Exposition) {
    let overviews = service.overviews
    page.add("winnow_projects", .gauge, "Projects.", Double(overviews.count))
    let shown = overviews.prefix(Self.projectLimit).map { (id: "\($0.project.id)", counts: $0.counts) }
    page.add(
      "winnow_items", .gauge, "Items by state; leased ones are unlabelled ones too.",
      shown.flatMap { id, counts in
        [
          ("unlabelled", counts.unlabelled), ("labelled", counts.labelled), ("skipped", counts.skipped),
          ("excluded", counts.excluded),
        ].map { ([("project", id), ("state", $0)], Double($1)) }
      })
    page.add(
      "winnow_items_leased", .gauge, "Items in somebody's hands.",
      shown.map { ([("project", $0.id)], Double($0.counts.leased)) })
    page.add(
      "winnow_queue_ranked", .gauge, "Places of the round's ranking that have not been served.",
      shown.map { ([("project", $0.id)], Double($0.counts.ranked)) })
    page.add(
      "winnow_rounds", .gauge, "Projects by the state of their newest round.",
      RoundState.allCases.map { state in
        ([("state", state.rawValue)], Double(overviews.count { $0.round?.state == state }))
      })
  }

  private func work(_ page: inout Exposition) {
    page.add(
      "winnow_annotations_total", .counter, "Annotations that were kept, by outcome.",
      service.statistics.annotationCounts.map { ([("outcome", $0.outcome.name)], Double($0.count)) })
    page.add(
      "winnow_leases_expired_total", .counter, "Leases that nobody answered in time.",
      Double(service.statistics.leasesExpired.value))
    page.add(
      "winnow_rounds_ended_total", .counter, "Rounds that came to serve, failed or were cancelled.",
      service.statistics.roundsEnded.map { ([("state", $0.state.rawValue)], Double($0.count)) })
    page.add(
      "winnow_round_phase_seconds", "Seconds of the phases of rounds that came to serve.",
      service.statistics.phaseSeconds.map { ([("phase", $0.phase)], $0.histogram) })
  }

  private func storage(_ page: inout Exposition) {
    let commits = service.commits
    page.add(
      "winnow_commit_seconds", "Seconds of the database's transactions, the sync to disk among them.",
      [([], commits.statistics.seconds)])
    page.add(
      "winnow_commit_writes", "Writes that shared a transaction.", [([], commits.statistics.batches)])
    page.add(
      "winnow_commits_failed_total", .counter, "Transactions that could not be committed.", Double(commits.failed))
    page.add("winnow_writes_waiting", .gauge, "Writes that wait for the writer.", Double(commits.waiting))
    page.add(
      "winnow_writer_busy_seconds", .gauge, "How long the transaction under way has taken; 0 where there is none.",
      commits.statistics.busyFor.map { $0 / .seconds(1) } ?? 0)
    let sizes = service.databaseSizes
    page.add("winnow_database_bytes", .gauge, "Size of the database.", Double(sizes.database))
    page.add("winnow_wal_bytes", .gauge, "Size of the write-ahead log.", Double(sizes.log))
    if let space = service.space {
      page.add(
        "winnow_disk_free_bytes", .gauge, "Bytes that are free where the data folder is.", Double(space.free))
      page.add("winnow_disk_bytes", .gauge, "Size of the file system of the data folder.", Double(space.total))
    }
    page.add(
      "winnow_ready", .gauge, "Whether each check of /readyz holds.",
      readiness.map { ([("check", $0.name)], $0.isWell ? 1 : 0) })
  }

  private func process(_ page: inout Exposition) {
    let usage = ProcessUsage()
    page.add(
      "winnow_build_info", .gauge, "The program that runs; always 1.", [([("version", metrics.version)], 1)])
    page.add(
      "process_start_time_seconds", .gauge, "When the process began to serve, in seconds since 1970.",
      metrics.startedAt)
    page.add(
      "process_cpu_seconds_total", .counter, "Processor time that was used.", usage.processorSeconds)
    page.add("process_resident_memory_bytes", .gauge, "Memory in use.", Double(usage.residentBytes))
    page.add("process_virtual_memory_bytes", .gauge, "Address space in use.", Double(usage.virtualBytes))
    page.add("process_open_fds", .gauge, "Open file descriptors.", Double(usage.openDescriptors))
    page.add("process_max_fds", .gauge, "File descriptors that may be open.", Double(usage.descriptorLimit))
    page.add("process_threads", .gauge, "Threads.", Double(usage.threads))
  }
}
