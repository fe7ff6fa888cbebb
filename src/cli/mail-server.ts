// `rolecall mail server …`: the mail server of an organization, where it has one of its own.
import type { Command } from 'commander'
import { getMailServer, type MailServer } from '#access/notices/mail/mail-server.ts'
import { removeMailServer } from '#access/notices/mail/remove-mail-server.ts'
import { type SetMailServerInput, setMailServer } from '#access/notices/mail/set-mail-server.ts'
import { tryMailServer } from '#access/notices/mail/try-mail-server.ts'
import { type OutputOptions, print } from './output.ts'
import { givenPassword, type PasswordOptions } from './password.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

type ServerOptions = Scope &
  PasswordOptions & {
    host: string
    port: string
    security: string
    username?: string
    senderAddress: string
    senderName: string
  }

export function addMailServerCommands(mail: Command, runtime: CliRuntime): void {
  const server = mail.command('server').description('the mail server of an organization, where it has one of its own')
  const named = (name: string, description: string): Command =>
    server
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  const described = (name: string, description: string): Command =>
    named(name, description)
      .requiredOption('--host <host>', 'a public host, such as mail.example.com')
      .option('--port <number>', 'its port', '465')
      .option('--security <mode>', 'tls (from the first byte) or starttls', 'tls')
      .option('--username <name>', 'where the server asks for one')
      .option('--password <password>', 'better: --stdin; without either, the one that is kept')
      .option('--stdin', 'read the password from standard input')
      .requiredOption('--sender-address <address>', 'whom mail comes from')
      .requiredOption('--sender-name <name>', 'their name')
  named('show', 'show it, without its password').action((options: Scope) => show(runtime, options))
  described('set', 'set it; it sends from now on')
    .option('--off', 'keep the settings, and let the mail server of the installation send')
    .action((options: ServerOptions & { off?: true }) => set(runtime, options))
  described('try', 'send a mail by such a server at once, and save nothing')
    .requiredOption('--to <address>', 'to whom')
    .action((options: ServerOptions & { to: string }) => attempt(runtime, options))
  named('remove', 'remove it; the mail server of the installation sends from then on').action((options: Scope) =>
    remove(runtime, options),
  )
}

const wordsOf = (server: MailServer | null): string =>
  server === null
    ? 'There is none; the mail server of the installation sends'
    : `${server.host}:${server.port} (${server.security}), ${server.status}, from ${server.senderName} <${server.senderAddress}>`

async function show(runtime: CliRuntime, options: Scope): Promise<void> {
  const server = await inOrganization(runtime, options.organization, getMailServer)
  print(runtime, options, { json: server, human: () => [wordsOf(server)] })
}

async function serverOf(runtime: CliRuntime, options: ServerOptions): Promise<Omit<SetMailServerInput, 'status'>> {
  const { host, port, security, username = null, senderAddress, senderName } = options
  const password = await givenPassword(runtime, options)
  const address = { host, port: Number(port), username, senderAddress, senderName, password }
  // The verb checks what was typed, and names what is wrong.
  return { ...address, security: security as SetMailServerInput['security'] }
}

async function set(runtime: CliRuntime, options: ServerOptions & { off?: true }): Promise<void> {
  const input = { ...(await serverOf(runtime, options)), status: options.off === true ? 'off' : 'on' } as const
  const server = await inOrganization(runtime, options.organization, (ctx) => setMailServer(ctx, input))
  print(runtime, options, { json: server, human: () => [wordsOf(server)] })
}

async function attempt(runtime: CliRuntime, options: ServerOptions & { to: string }): Promise<void> {
  const input = { ...(await serverOf(runtime, options)), to: options.to }
  const trial = await inOrganization(runtime, options.organization, (ctx) => tryMailServer(ctx, input))
  const said = trial.isAccepted ? `${options.host} took the mail to ${options.to}` : `Not sent: ${trial.message}`
  print(runtime, options, { json: trial, human: () => [said] })
  if (!trial.isAccepted) runtime.setExitCode(1)
}

async function remove(runtime: CliRuntime, options: Scope): Promise<void> {
  await inOrganization(runtime, options.organization, removeMailServer)
  print(runtime, options, { json: { removed: true }, human: () => ['The mail server is removed'] })
}
