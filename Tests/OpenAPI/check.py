"""Checks a description of the API, and answers against it.

Reads {"document": …, "answers": [{"method", "path", "status", "body"}, …]} from standard input, prints one complaint a
line, and exits with 1 where there are any; with 77 where the packages that it needs are not installed.
"""

import copy
import json
import sys

try:
    from jsonschema import Draft202012Validator
    from openapi_spec_validator import OpenAPIV31SpecValidator
except ImportError as error:
    print(error)
    sys.exit(77)


def closed(schema):
    """The schema with no other members than it names, so that an answer cannot say more than is described."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        result.setdefault("additionalProperties", False)
    return result


def main():
    request = json.load(sys.stdin)
    document = request["document"]
    complaints = [f"document: {error.message}" for error in OpenAPIV31SpecValidator(document).iter_errors()]
    for answer in request["answers"]:
        place = f"{answer['method'].upper()} {answer['path']} {answer['status']}"
        responses = document["paths"][answer["path"]][answer["method"]]["responses"]
        response = responses.get(str(answer["status"]))
        if response is None:
            complaints.append(f"{place}: this status is not described")
            continue
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        media = "application/problem+json" if answer["status"] >= 400 else "application/json"
        schema = copy.deepcopy(response["content"][media]["schema"])
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        for error in Draft202012Validator(closed(schema)).iter_errors(answer["body"]):
            where = "/".join(str(part) for part in error.absolute_path)
            complaints.append(f"{place} at /{where}: {error.message[:300]}")
    print("\n".join(complaints))
    sys.exit(1 if complaints else 0)


main()
