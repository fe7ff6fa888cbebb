// Sends spans to a collector by OTLP over HTTP. Loaded only where a setting says where that is.
import { AsyncLocalStorage } from 'node:async_hooks'
import * as api from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { asAppError } from './errors.ts'
import { collectSpans, type Span, type SpanKind, type Tracing } from './tracing.ts'

export type TracingOptions = {
  /** Of the collector, with its path. */
  url: string
  serviceName: string
  /** By its name in the specification of OpenTelemetry; as src/config.ts lists them. */
  sampler: string
  /** From 0 to 1, for the samplers that go by it. */
  ratio: number
}

const kinds: Record<SpanKind, api.SpanKind> = {
  server: api.SpanKind.SERVER,
  client: api.SpanKind.CLIENT,
  internal: api.SpanKind.INTERNAL,
}

type UnderWay = { context: api.Context /** The span in which all of it began. */; first: api.Span }

/** From here on spans are collected. @returns what sends the last ones and ends it */
export function startTracing(options: TracingOptions): { stop(): Promise<void> } {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.serviceName }),
    sampler: samplerOf(options),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: options.url }) })],
  })
  collectSpans(tracingBy(provider.getTracer('rolecall')))
  return {
    stop: async () => {
      collectSpans(undefined)
      // A collector that is away is no reason to end in an error.
      await provider.shutdown().catch(() => {})
    },
  }
}

function tracingBy(tracer: api.Tracer): Tracing {
  const underWay = new AsyncLocalStorage<UnderWay>()
  const propagator = new W3CTraceContextPropagator()
  return {
    span: async (name, { kind = 'internal', attributes = {}, headers }, work) => {
      const around = underWay.getStore()
      const context =
        headers === undefined
          ? (around?.context ?? api.ROOT_CONTEXT)
          : propagator.extract(api.ROOT_CONTEXT, headers, api.defaultTextMapGetter)
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, context)
      const inside = { context: api.trace.setSpan(context, span), first: around?.first ?? span }
      try {
        return await underWay.run(inside, () => work(spanOf(span)))
      } catch (error) {
        spanOf(span).fail(asAppError(error).code)
        throw error
      } finally {
        span.end()
      }
    },
    noteOrganization: (id) => void underWay.getStore()?.first.setAttribute('rolecall.organization_id', id),
    headers: () => {
      const carrier: Record<string, string> = {}
      propagator.inject(underWay.getStore()?.context ?? api.ROOT_CONTEXT, carrier, api.defaultTextMapSetter)
      return carrier
    },
  }
}

const spanOf = (span: api.Span): Span => ({
  rename: (name) => void span.updateName(name),
  set: (attributes) => void span.setAttributes(attributes),
  fail: (code) => void span.setStatus({ code: api.SpanStatusCode.ERROR }).setAttribute('error.type', code),
})

function samplerOf({ sampler, ratio }: TracingOptions): Sampler {
  const root = sampler.endsWith('always_off')
    ? new AlwaysOffSampler()
    : sampler.endsWith('traceidratio')
      ? new TraceIdRatioBasedSampler(ratio)
      : new AlwaysOnSampler()
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}
