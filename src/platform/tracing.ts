// Spans, where somebody collects them (docs/operations.md), and next to nothing where nobody does. What takes part knows only this file;
// what sends them is loaded with the first setting that says where to. One for the process, as what is under way follows the calls and
// not the services. A span has ids and codes of ours, and never what somebody sent: no names, addresses, tokens, paths or queries.

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export type SpanKind = 'server' | 'client' | 'internal'

export type Span = {
  /** For what shows only as it goes on. */
  rename(name: string): void
  set(attributes: SpanAttributes): void
  /** It failed. @param code an error's code of ours, never its words */
  fail(code: string): void
}

export type SpanOptions = {
  kind?: SpanKind
  attributes?: SpanAttributes
  /** What came with a request, to go on from there (W3C Trace Context). */
  headers?: TraceHeaders
}

/** `traceparent` and `tracestate`. */
export type TraceHeaders = Readonly<Record<string, string>>

export type Tracing = {
  span<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>
  /** Of the request that is under way. */
  noteOrganization(organizationId: string): void
  /** For whoever is asked next. */
  headers(): TraceHeaders
}

let tracing: Tracing | undefined

/** From here on; undefined: nobody collects spans any more. */
export function collectSpans(collector: Tracing | undefined): void {
  tracing = collector
}

const silent: Span = { rename: () => {}, set: () => {}, fail: () => {} }

/** Carries `work` out in a span, within that which is under way. @throws whatever `work` throws, which marks the span */
export const inSpan = <T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> =>
  tracing === undefined ? work(silent) : tracing.span(name, options, work)

/** Whose request it is. */
export const noteOrganization = (organizationId: string): void => tracing?.noteOrganization(organizationId)

/** What a request of ours carries, so that its receiver can go on from here; nothing where nobody collects spans. */
export const traceHeaders = (): TraceHeaders => tracing?.headers() ?? {}
