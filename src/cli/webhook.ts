// `rolecall webhook …`: of an organization, or with --platform of all of them.
import type { Command } from 'commander'
import { listAttempts } from '#access/events/webhooks/attempts.ts'
import {
  pauseWebhook,
  replayEvents,
  resumeWebhook,
  skipEvent,
  testWebhook,
} from '#access/events/webhooks/change-status.ts'
import { listWebhooks, type Webhook } from '#access/events/webhooks/webhooks.ts'
import {
  createWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  type WebhookWithSecret,
} from '#access/events/webhooks/write-webhook.ts'
import { invalid } from '#platform/errors.ts'
import { given } from '#platform/input.ts'
import type { CallContext } from '#src/context.ts'
import { organizationIdsOf } from './organization-ids.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization, instanceContext } from './runtime.ts'

type Where = OutputOptions & { organization?: string; platform?: true }
type One = Where & { webhook: string }

function within<T>(runtime: CliRuntime, { organization, platform }: Where, work: (ctx: CallContext) => Promise<T>) {
  if ((organization === undefined) === (platform === undefined))
    throw invalid('Say whose it is: --organization <slug>, or --platform')
  return organization === undefined
    ? runtime.withServices((services) => work(instanceContext(services)))
    : inOrganization(runtime, organization, work)
}

const command = (parent: Command, name: string, description: string): Command =>
  parent
    .command(name)
    .description(description)
    .option('--organization <slug>', 'slug or id')
    .option('--platform', 'of all organizations')
    .option('--json', 'print one JSON line')

const ofOne = (parent: Command, name: string, description: string): Command =>
  command(parent, name, description).requiredOption('--webhook <id>', 'id of the webhook')

export function addWebhookCommands(program: Command, runtime: CliRuntime): void {
  const webhook = program.command('webhook').description('addresses that are told of events')
  command(webhook, 'create', 'have an address told of events from now on')
    .requiredOption('--url <url>', 'https, a public address')
    .option('--description <text>', 'what it is for')
    .option('--type <types...>', 'only these, e.g. user.deactivated access.changed')
    .option('--only <organizations...>', 'with --platform: slugs or ids of those that it is told of')
    .option('--except <organizations...>', 'with --platform: slugs or ids of those that it is not told of')
    .action((options: Where & CreateOptions) => create(runtime, options))
  command(webhook, 'list', 'list the webhooks').action(async (options: Where) => {
    printList(runtime, options, await within(runtime, options, (ctx) => listWebhooks(ctx)), columns)
  })
  ofOne(webhook, 'rotate', 'give it another secret; the former one signs beside it for a while')
    .option('--overlap <hours>', 'for how many hours', Number)
    .action(async (options: One & { overlap?: number }) => {
      const input = given({ overlapHours: options.overlap })
      secret(
        runtime,
        options,
        await within(runtime, options, (ctx) => rotateWebhookSecret(ctx, options.webhook, input)),
      )
    })
  ofOne(webhook, 'test', 'send a signed test now').action((options: One) => test(runtime, options))
  ofOne(webhook, 'pause', 'send nothing for now').action(async (options: One) => {
    told(runtime, options, await within(runtime, options, (ctx) => pauseWebhook(ctx, options.webhook)))
  })
  ofOne(webhook, 'resume', 'send again, what was missed first')
    .option('--from-now', 'only what comes from now on')
    .action(async (options: One & { fromNow?: true }) => {
      const from = options.fromNow === true ? 'now' : 'where_it_was'
      told(runtime, options, await within(runtime, options, (ctx) => resumeWebhook(ctx, options.webhook, { from })))
    })
  ofOne(webhook, 'skip', 'leave out the event that it does not take')
    .requiredOption('--event <id>', 'id of the event')
    .action(async (options: One & { event: string }) => {
      told(runtime, options, await within(runtime, options, (ctx) => skipEvent(ctx, options.webhook, options.event)))
    })
  ofOne(webhook, 'replay', 'send an event once more, or all of a time')
    .option('--event <id>', 'id of the event')
    .option('--from <time>', 'e.g. 2030-01-31T12:00:00Z')
    .option('--to <time>', 'now, where it is left out')
    .action(async ({ event, from, to, ...options }: One & { event?: string; from?: string; to?: string }) => {
      const input = given({ eventId: event, from, to })
      const { id } = await within(runtime, options, (ctx) => replayEvents(ctx, options.webhook, input))
      print(runtime, options, {
        json: { id },
        human: () => ['It is under way: `webhook attempts` shows each message.'],
      })
    })
  ofOne(webhook, 'attempts', 'what was sent, newest first')
    .option('--failed', 'only what was not taken')
    .action((options: One & { failed?: true }) => attempts(runtime, options))
  ofOne(webhook, 'delete', 'stop sending to it').action(async (options: One) => {
    await within(runtime, options, (ctx) => deleteWebhook(ctx, options.webhook))
    print(runtime, options, { json: { deleted: options.webhook }, human: () => ['The webhook is deleted'] })
  })
}

type CreateOptions = { url: string; description?: string; type?: string[]; only?: string[]; except?: string[] }

async function create(runtime: CliRuntime, options: Where & CreateOptions): Promise<void> {
  const { url, description, type, only, except } = options
  const made = await within(runtime, options, async (ctx) =>
    createWebhook(ctx, {
      ...given({ description, types: type as never }),
      ...{ url, reach: only === undefined ? (except === undefined ? 'all' : 'except') : 'only' },
      organizationIds: await organizationIdsOf(ctx, only ?? except ?? []),
    }),
  )
  secret(runtime, options, made)
}

const secret = (runtime: CliRuntime, options: OutputOptions, made: WebhookWithSecret): void =>
  print(runtime, options, {
    json: made,
    human: () => [
      `Webhook  ${made.id}`,
      `Secret   ${made.secret}`,
      `Key      ${made.publicKey}`,
      'The secret is not shown again. Either of the two verifies: docs/events.md.',
    ],
  })

const told = (runtime: CliRuntime, options: OutputOptions, webhook: Webhook): void =>
  print(runtime, options, { json: webhook, human: () => [`The webhook is ${webhook.status}`] })

async function test(runtime: CliRuntime, options: One): Promise<void> {
  const attempt = await within(runtime, options, (ctx) => testWebhook(ctx, options.webhook))
  const { isDelivered, status, error, durationMillis } = attempt
  print(runtime, options, {
    json: attempt,
    human: () => [isDelivered ? `It answered ${status} in ${durationMillis} ms` : `It was not taken: ${error}`],
  })
  if (!isDelivered) runtime.setExitCode(1)
}

async function attempts(runtime: CliRuntime, options: One & { failed?: true }): Promise<void> {
  const wanted = { limit: 50, ...(options.failed === true ? { isFailed: true } : {}) }
  const items = await within(runtime, options, (ctx) => listAttempts(ctx, options.webhook, wanted))
  printList(runtime, options, items, {
    SENT: ({ sentAt }) => sentAt,
    EVENT: ({ eventType }) => eventType,
    ATTEMPT: ({ attempt }) => attempt,
    ANSWER: ({ status, error }) => status ?? error,
    MILLIS: ({ durationMillis }) => durationMillis,
    'AGAIN AT': ({ nextAttemptAt }) => nextAttemptAt,
    'EVENT ID': ({ eventId }) => eventId,
  })
}

const columns = {
  URL: ({ url }: Webhook) => url,
  STATUS: ({ status, pauseReason, attempts: failed }: Webhook) =>
    status === 'paused' ? `paused (${pauseReason})` : failed > 0 ? `failing (${failed})` : status,
  TYPES: ({ types }: Webhook) => types?.join(' ') ?? 'all',
  'LAST TAKEN': ({ deliveredAt }: Webhook) => deliveredAt,
  ID: ({ id }: Webhook) => id,
}
