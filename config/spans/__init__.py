"""What took how long, as OpenTelemetry's spans, where a collector is named; elsewhere nothing is noted and nothing imported.

A span says which route, task, kind of statement or endpoint it was and how it ended, and nothing else: no address that was asked
for, no statement, no text of an error, nobody's name (docs/spans.md).
"""
