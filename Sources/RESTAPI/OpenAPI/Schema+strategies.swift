import Domain
import Labeling
import Sampling

/// The strategies that are offered, with the range of each parameter.
extension Schema {
  /// A strategy by its name alone, or with parameters.
  static let strategyChoice: JSONValue = [
    "anyOf": .array([choice(LabelingService.strategyNames)] + StrategyRegistry.all.map(withParameters))
  ]

  /// A stream strategy by its name.
  static let streamStrategy = choice(StreamStrategyRegistry.all.map(\.name))

  private static func withParameters(_ strategy: StrategyDescriptor) -> JSONValue {
    let parameters = strategy.parameters.map { parameter -> (key: String, value: JSONValue) in
      (
        parameter.name,
        [
          "type": .string(parameter.kind.rawValue), "minimum": .number(parameter.minimum),
          "maximum": .number(parameter.maximum), "description": .string(parameter.summary),
        ]
      )
    }
    return [
      "type": "object",
      "properties": [
        "name": ["const": .string(strategy.name)],
        "parameters": nullable([
          "type": "object", "properties": .object(parameters), "additionalProperties": false,
        ]),
      ], "required": ["name"],
    ]
  }
}
