// `rolecall mail …`: the outbox, also for installations without a mail server.
import type { Command } from 'commander'
import { getMail, listMails } from '#access/notices/mail/mails.ts'
import { sendTestMail } from '#access/notices/mail/send-test-mail.ts'
import { addMailServerCommands } from './mail-server.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

export function addMailCommands(program: Command, runtime: CliRuntime): void {
  const mail = program.command('mail').description('the outbox')
  mail
    .command('list')
    .description('list the mails, newest first')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  mail
    .command('show')
    .description('show a mail; its text only while it is kept for want of a mail server')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--mail <id>', 'id of the mail')
    .option('--json', 'print one JSON line')
    .action((options: Scope & { mail: string }) => show(runtime, options))
  mail
    .command('test')
    .description('send a mail, to see whether it arrives')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--to <address>', 'to whom')
    .option('--json', 'print one JSON line')
    .action((options: Scope & { to: string }) => test(runtime, options))
  addMailServerCommands(mail, runtime)
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listMails(ctx))
  printList(runtime, options, items, {
    TO: ({ recipient }) => recipient,
    SUBJECT: ({ subject }) => subject,
    STATUS: ({ status }) => status,
    CREATED: ({ createdAt }) => createdAt,
    ERROR: ({ lastError }) => lastError,
    ID: ({ id }) => id,
  })
}

async function show(runtime: CliRuntime, options: Scope & { mail: string }): Promise<void> {
  const mail = await inOrganization(runtime, options.organization, (ctx) => getMail(ctx, options.mail))
  const { recipient, subject, status, lastError, body } = mail
  const human = () => [
    `To:      ${recipient}`,
    `Subject: ${subject}`,
    `Status:  ${status}${lastError === null ? '' : ` (${lastError})`}`,
    ...(body === null ? [] : ['', ...body.text.trimEnd().split('\n')]),
  ]
  print(runtime, options, { json: mail, human })
}

async function test(runtime: CliRuntime, options: Scope & { to: string }): Promise<void> {
  const { organization, to } = options
  const { id: mailId, status } = await inOrganization(runtime, organization, async (ctx) =>
    getMail(ctx, await sendTestMail(ctx, { to })),
  )
  const fate = status === 'kept' ? 'kept in the outbox, since there is no mail server' : 'queued'
  print(runtime, options, { json: { mailId, status }, human: () => [`A mail to ${to} is ${fate} (${mailId})`] })
}
