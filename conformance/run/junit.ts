// JUnit XML of a run, for build servers.

import type { Outcome } from './outcome.ts'
import { count } from './report.ts'

/** The whole report as one XML document. */
export function toJunit(outcomes: readonly Outcome[]): string {
  const suites = Map.groupBy(outcomes, (outcome) => outcome.suite)
  const lines = [...suites].flatMap(([suite, own]) => [
    `  <testsuite name="${suite}" ${totals(own)}>`,
    ...own.map(testCase),
    '  </testsuite>',
  ])
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals(outcomes)}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n')
}

function totals(outcomes: readonly Outcome[]): string {
  const millis = outcomes.reduce((sum, outcome) => sum + outcome.millis, 0)
  const failures = count(outcomes, 'failed')
  const skipped = count(outcomes, 'skipped')
  return `tests="${outcomes.length}" failures="${failures}" skipped="${skipped}" time="${seconds(millis)}"`
}

function testCase(outcome: Outcome): string {
  const open = `    <testcase classname="${outcome.suite}" name="${escapeXml(outcome.name)}" time="${seconds(outcome.millis)}"`
  if (outcome.status === 'passed') return `${open}/>`
  if (outcome.status === 'skipped') return `${open}><skipped message="${escapeXml(outcome.reason)}"/></testcase>`
  const message = `[${outcome.step}] expected ${outcome.expected}, received ${outcome.received}`
  return `${open}><failure message="${escapeXml(message)}">${escapeXml(outcome.detail ?? '')}</failure></testcase>`
}

function seconds(millis: number): string {
  return (millis / 1000).toFixed(3)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

function escapeXml(text: string): string {
  // Control characters are not allowed in XML 1.0, not even escaped.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  return clean.replace(/[&<>"\n]/g, (character) => entities[character] ?? character)
}
