import Domain
import HTTPCore
import Testing

/// The queue, the evaluation stream, leaving out by hand, the pool as a table and an item's story.
@Suite struct CockpitTests {
  private static func strings(_ value: JSONValue?) -> [String] { value?.list?.compactMap(\.text) ?? [] }

  /// Gives labels by the heaps' own names, until nothing more is served; junk gets the first.
  private static func label(_ client: Client, _ path: String, rounds: Int) async throws {
    for _ in 0..<rounds {
      for entry in try await client.post("\(path)/next", #"{"prefetch": 20}"#).json["items"]?.list ?? [] {
        let heap = Int(entry["item"]?["key"]?.text?.split(separator: "-")[1] ?? "0") ?? 0
        let answer = try await client.post(
          "\(path)/annotations",
          #"{"lease": "\#(entry["lease"]?.text ?? "")", "item": "\#(entry["item"]?["id"]?.text ?? "")", "labels": ["\#(["a", "b", "c", "d", "e", "f", "a"][heap])"]}"#
        )
        try #require(answer.status == 201, "\(answer.text)")
      }
    }
  }

  @Test func theHeadOfTheQueueIsWhatIsServedNext() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await OutlierTests.filtered(server)
      let path = "projects/\(project)"
      _ = try await engineer.patch(path, #"{"settings": {"evaluation_fraction": 0}}"#)
      let head = try await engineer.get("\(path)/queue?limit=5").json
      let entries = try #require(head["items"]?.list)
      #expect(entries.count == 5 && head["round"]?.int != nil && head["reason"]?.text?.isEmpty == false)
      #expect(entries.map { $0["rank"]?.int } == [1, 2, 3, 4, 5])
      #expect(entries.allSatisfy { $0["utility"]?.double != nil && $0["prediction"]?["label"]?.text != nil })
      let remaining = try #require(head["remaining"]?.int)
      // Looking has leased nothing; what is served then is what was shown.
      let next = try await engineer.post("\(path)/next", #"{"prefetch": 2}"#).json["items"]?.list ?? []
      #expect(next.map { $0["item"]?["id"]?.text } == entries.prefix(2).map { $0["item"]?["id"]?.text })
      #expect(next.map { $0["utility"]?.double } == entries.prefix(2).map { $0["utility"]?.double })
      let after = try await engineer.get("\(path)/queue?limit=3").json
      #expect(after["items"]?[0]?["item"]?["id"]?.text == entries[2]["item"]?["id"]?.text)
      #expect(after["remaining"]?.int == remaining - 2 && after["leased"]?.int == 2)
    }
  }

  @Test func theConfusionMatrixCountsTheItemsOfItsCells() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await OutlierTests.filtered(server)
      let path = "projects/\(project)"
      let before = try await engineer.get("\(path)/evaluation").json
      #expect(before["items"]?.int == 0 && before["reason"]?.text?.isEmpty == false)
      try await Self.label(engineer, path, rounds: 8)
      try await OutlierTests.round(engineer, project)
      let report = try await engineer.get("\(path)/evaluation").json
      let labels = Self.strings(report["labels"])
      #expect(labels == ["a", "b", "c", "d", "e", "f"])
      let matrix = (report["confusion"]?.list ?? []).map { ($0.list ?? []).compactMap(\.int) }
      let total = try #require(report["items"]?.int)
      #expect(total > 10 && matrix.flatMap { $0 }.reduce(0, +) == total)
      // The round's own figures, from the same model and the same items.
      let round = try await engineer.get("\(path)/rounds/\(try #require(report["round"]?.int))").json["report"]
      let hits = labels.indices.reduce(0) { $0 + matrix[$1][$1] }
      #expect(round?["labels"]?["evaluation"]?.int == total)
      #expect(abs(Double(hits) / Double(total) - (round?["metrics"]?["accuracy"]?.double ?? -1)) < 1e-9)
      // Each label as a question by itself, from the same cells, and with the same items.
      for (index, label) in labels.enumerated() {
        let tally = try #require(report["per_label"]?[index])
        let column = labels.indices.reduce(0) { $0 + matrix[$1][index] }
        let (hits, row) = (matrix[index][index], matrix[index].reduce(0, +))
        #expect(tally["label"]?.text == label)
        for (part, outcome, count) in [
          ("hits", "hit", hits), ("missed", "missed", row - hits), ("false_alarms", "false_alarm", column - hits),
        ] {
          #expect(tally[part]?.int == count)
          let items = try await engineer.get(
            "\(path)/evaluation/items?limit=1000&label=\(label)&outcome=\(outcome)"
          ).json["items"]?.list
          #expect(items?.count == count, "\(label) \(outcome)")
        }
      }
      let bins = report["calibration"]?.list ?? []
      #expect(bins.count == 10 && bins.reduce(0) { $0 + ($1["count"]?.int ?? 0) } == total)
      // Each cell lists as many items as it counts, page by page.
      for (t, truth) in labels.enumerated() {
        for (p, predicted) in labels.enumerated() where matrix[t][p] > 0 {
          var (found, cursor): (Int, String?) = (0, nil)
          repeat {
            let page = try await engineer.get(
              "\(path)/evaluation/items?limit=4&label=\(truth)&predicted=\(predicted)\(cursor.map { "&cursor=\($0)" } ?? "")"
            ).json
            let items = page["items"]?.list ?? []
            #expect(
              items.allSatisfy {
                $0["prediction"]?["label"]?.text == predicted && $0["item"]?["evaluation"]?.bool == true
              })
            #expect(items.allSatisfy { Self.strings($0["labels"]) == [truth] })
            found += items.count
            cursor = page["next_cursor"]?.text
          } while cursor != nil
          #expect(found == matrix[t][p], "\(truth) as \(predicted)")
        }
      }
      let wrong = try await engineer.get("\(path)/evaluation/items?label=z")
      #expect(wrong.status == 422 && wrong.pointers == ["/label"])
      #expect(try await engineer.get("\(path)/evaluation/items?outcome=hit").pointers == ["/label"])
      #expect(try await engineer.get("\(path)/evaluation/items?label=a&outcome=odd").status == 422)
    }
  }

  @Test func whatIsLeftOutByHandStaysOutUntilItIsBroughtBack() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await OutlierTests.filtered(server)
      let path = "projects/\(project)"
      let open = try await engineer.get("\(path)/items?state=unlabelled&limit=1000").json["items"]?.list ?? []
      let free = open.filter { $0["evaluation"]?.bool == false }
      let reserved = try #require(open.first { $0["evaluation"]?.bool == true })
      let chosen = (free.prefix(3) + [reserved]).compactMap { $0["id"]?.text }
      let list = chosen.map { "\"\($0)\"" }.joined(separator: ", ")
      let sent = try await engineer.post("\(path)/excluded", #"{"items": [\#(list)], "reason": "Boilerplate."}"#)
      // Those of the evaluation reserve stay a uniform draw.
      #expect(sent.status == 200 && sent.json["excluded"]?.int == 3, "\(sent.text)")
      let group = try #require(sent.json["group"]?.int)
      #expect(try await engineer.post("\(path)/excluded", #"{"items": [\#(list)]}"#).json["excluded"]?.int == 0)
      // A run of the filter, and turning it off, let them be.
      try await OutlierTests.round(engineer, project)
      _ = try await engineer.patch(path, #"{"settings": {"outlier_filter": {"method": "none"}}}"#)
      try await OutlierTests.round(engineer, project)
      let kept = try await engineer.get("\(path)/excluded?group=\(group)").json["items"]?.list ?? []
      #expect(Set(kept.compactMap { $0["item"]?["id"]?.text }) == Set(chosen.prefix(3)))
      #expect(kept.allSatisfy { $0["method"]?.text == "by_hand" && $0["reason"]?.text == "Boilerplate." })
      #expect(try await engineer.get("\(path)/excluded").json["items"]?.list?.count == 3)
      #expect(try await engineer.post("\(path)/excluded/restore", #"{"group": \#(group)}"#).json["restored"]?.int == 3)
      // And out again, although they had been put back.
      #expect(try await engineer.post("\(path)/excluded", #"{"items": [\#(list)]}"#).json["excluded"]?.int == 3)
      for body in [
        #"{"items": []}"#, #"{"items": ["x"]}"#, #"{"items": ["999999"]}"#, #"{"items": ["1"], "reason": ""}"#,
      ] {
        #expect(try await engineer.post("\(path)/excluded", body).status == 422, "\(body)")
      }
      let annotator = try await server.client(.annotator, "Ann", in: [project])
      #expect(try await annotator.post("\(path)/excluded", #"{"items": [\#(list)]}"#).status == 403)
      #expect(try await annotator.get("\(path)/queue").status == 403)
    }
  }

  @Test func theTableOfThePoolFindsByEachFilterAndPagesThroughAll() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await OutlierTests.filtered(server)
      let path = "projects/\(project)"
      var (keys, cursor): ([String], String?) = ([], nil)
      repeat {
        let page = try await engineer.get("\(path)/pool?limit=97\(cursor.map { "&cursor=\($0)" } ?? "")").json
        keys += (page["items"]?.list ?? []).compactMap { $0["item"]?["key"]?.text }
        cursor = page["next_cursor"]?.text
      } while cursor != nil
      #expect(keys.count == 430 && Set(keys).count == 430)
      // Where more is to come a page says how far it has looked.
      let begun = try await engineer.get("\(path)/pool?limit=43").json
      #expect(begun["progress"]?.double == 0.1 && begun["next_cursor"]?.text != nil)
      let whole = try await engineer.get("\(path)/pool?limit=430").json
      #expect(whole["progress"]?.double == 1 && whole["next_cursor"]?.text == nil)
      // The guesses of the whole pool add up, and each is what the item's own page says.
      var guessed = 0
      for label in ["a", "b", "c", "d", "e", "f"] {
        let rows = try await engineer.get("\(path)/pool?limit=1000&predicted=\(label)").json["items"]?.list ?? []
        #expect(rows.allSatisfy { $0["guess"]?["label"]?.text == label })
        guessed += rows.count
      }
      #expect(guessed == 430)
      let some = try await engineer.get("\(path)/pool?limit=1000&predicted=b").json["items"]?[3]
      let detail = try await engineer.get("\(path)/items/\(some?["item"]?["id"]?.text ?? "")").json["prediction"]
      #expect(
        detail?["label"]?.text == "b"
          && detail?["probabilities"]?["b"]?.double == some?["guess"]?["probability"]?.double)
      // A page of few fits is cut short by its limit, and goes on where it was.
      let first = try await engineer.get("\(path)/pool?limit=3&predicted=b").json
      let second = try await engineer.get("\(path)/pool?limit=3&predicted=b&cursor=\(first["next_cursor"]?.text ?? "")")
        .json
      let all = try await engineer.get("\(path)/pool?limit=6&predicted=b").json
      #expect(
        ((first["items"]?.list ?? []) + (second["items"]?.list ?? [])).compactMap { $0["item"]?["id"]?.text }
          == (all["items"]?.list ?? []).compactMap { $0["item"]?["id"]?.text })

      let labelled = try await engineer.get("\(path)/pool?limit=1000&state=labelled&label=a").json["items"]?.list ?? []
      #expect(
        !labelled.isEmpty
          && labelled.allSatisfy { Self.strings($0["labels"]) == ["a"] && Self.strings($0["annotators"]) == ["Eve"] })
      let words = try await engineer.get("\(path)/pool?q=JUNK%207").json["items"]?.list ?? []
      #expect(
        !words.isEmpty
          && words.allSatisfy {
            $0["item"]?["key"]?.text?.contains("junk") == true && $0["item"]?["key"]?.text?.contains("7") == true
          })
      let doubted = try await engineer.get("\(path)/pool?limit=1000&disagreement=model").json["items"]?.list ?? []
      #expect(
        !doubted.isEmpty
          && doubted.allSatisfy { row in !Self.strings(row["labels"]).contains(row["guess"]?["label"]?.text ?? "") })

      // Two people who say different things about one item, and the same about another.
      let (ann, ben) = (
        try await server.client(.annotator, "Ann", in: [project]),
        try await server.client(.annotator, "Ben", in: [project])
      )
      for (key, one, other) in [("good-0-30", "a", "b"), ("good-1-30", "b", "b")] {
        #expect(try await ann.label(key, one, in: project).status == 201)
        #expect(try await ben.label(key, other, in: project).status == 201)
      }
      let disputed = try await engineer.get("\(path)/pool?disagreement=annotators").json["items"]?.list ?? []
      #expect(disputed.compactMap { $0["item"]?["key"]?.text } == ["good-0-30"])
      #expect(Self.strings(disputed.first?["annotators"]) == ["Ann", "Ben"])
      let hers = try await engineer.get("\(path)/pool?annotator=Ann").json["items"]?.list ?? []
      #expect(hers.compactMap { $0["item"]?["key"]?.text } == ["good-0-30", "good-1-30"])
      for query in [
        "state=odd", "label=z", "predicted=z", "annotator=Nobody", "disagreement=odd", "limit=0", "cursor=x",
      ] {
        #expect(try await engineer.get("\(path)/pool?\(query)").status == 422, "\(query)")
      }
      #expect(try await ann.get("\(path)/pool").status == 403)
    }
  }

  @Test func anItemsStorySaysWhenItWasAskedAndWhatEachRoundSaid() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await OutlierTests.filtered(server)
      let path = "projects/\(project)"
      let ann = try await server.client(.annotator, "Ann", in: [project])
      let (lease, item, _) = try await ann.next(in: project)
      let held = try await engineer.get("\(path)/items/\(item)/story").json
      #expect(held["served"]?[0]?["ended"]?.text == nil && held["served"]?[0]?["annotator"]?.text == "Ann")
      #expect(try await ann.delete("leases/\(lease)").status == 204)
      let (again, same, _) = try await ann.next(in: project)
      #expect(same == item)
      _ = try await ann.post("\(path)/annotations", #"{"item": "\#(item)", "lease": "\#(again)", "labels": ["a"]}"#)
      try await OutlierTests.round(engineer, project)
      let story = try await engineer.get("\(path)/items/\(item)/story").json
      #expect((story["served"]?.list ?? []).map { $0["ended"]?.text } == ["released", "answered"])
      #expect(story["served"]?[0]?["strategy"]?.text?.isEmpty == false)
      let rounds = (story["predictions"]?.list ?? []).compactMap { $0["round"]?.int }
      #expect(rounds.count >= 2 && rounds == rounds.sorted())
      #expect(
        story["predictions"]?[rounds.count - 1]?["label"]?.text
          == (try await engineer.get("\(path)/items/\(item)").json["prediction"]?["label"]?.text))
      #expect(try await engineer.get("\(path)/items/999999/story").status == 404)
    }
  }

  @Test func scriptsOfTheSystemComeFromAFixedList() async throws {
    try await withServer { server in
      let chart = try await server.stranger.get("/vendor/chart.js")
      #expect(chart.status == 200 && chart.headers["Content-Type"] == "text/javascript; charset=utf-8")
      #expect(chart.headers["X-Content-Type-Options"] == "nosniff")
      #expect(chart.headers["Cross-Origin-Resource-Policy"] == "same-origin")
      for path in [
        "/vendor/", "/vendor/chart.min.js", "/vendor/..%2fchart.js", "/vendor/chart.js/", "/vendor/chart.js/chart.js",

      ] {
        #expect(try await server.stranger.get(path).status == 404, "\(path)")
      }
      #expect(try await server.stranger.post("/vendor/chart.js").status == 405)
    }
  }
}
