// A mail server for tests: takes what it is given over real SMTP (RFC 5321) and keeps it, or says no.
import { createServer, type Socket } from 'node:net'

export type ReceivedMail = { from: string; to: string[]; data: string }

export type SmtpServer = {
  url: string
  mails: ReceivedMail[]
  /** What RCPT TO is answered with instead of 250, by address. */
  refusals: Map<string, string>
  close(): Promise<void>
}

/** @param login `name:password` that it asks for (RFC 4954), by the mechanism PLAIN */
export async function startSmtpServer({ login }: { login?: string } = {}): Promise<SmtpServer> {
  const mails: ReceivedMail[] = []
  const refusals = new Map<string, string>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    converse(socket, { refusals, login }, (mail) => mails.push(mail))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refusals,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

const answers: Record<string, string> = { DATA: '354 go on', QUIT: '221 bye' }

type Rules = { refusals: Map<string, string>; login: string | undefined }

function converse(socket: Socket, { refusals, login }: Rules, keep: (mail: ReceivedMail) => void): void {
  let mail: ReceivedMail = { from: '', to: [], data: '' }
  let isData = false
  let pending = ''
  const say = (line: string): void => {
    socket.write(`${line}\r\n`)
  }
  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase()
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    const refusal = verb === 'RCPT' ? refusals.get(address) : undefined
    if (verb === 'MAIL') mail = { from: address, to: [], data: '' }
    if (verb === 'RCPT' && refusal === undefined) mail.to.push(address)
    if (verb === 'DATA') isData = true
    const isLogin = verb === 'AUTH' && line.endsWith(Buffer.from(`\0${login?.replace(':', '\0')}`).toString('base64'))
    if (verb === 'EHLO' && login !== undefined) say('250-AUTH PLAIN')
    if (verb === 'AUTH') say(isLogin ? '235 2.7.0 fine' : '535 5.7.8 Authentication failed')
    else say(refusal ?? answers[verb] ?? '250 fine')
    if (verb === 'QUIT') socket.end()
  }
  const line = (text: string): void => {
    if (!isData) command(text)
    else if (text !== '.') mail.data += `${text.replace(/^\./, '')}\n`
    else {
      isData = false
      keep(mail)
      say('250 kept')
    }
  }
  say('220 test')
  socket.on('data', (chunk) => {
    pending += chunk.toString('utf8')
    const lines = pending.split('\r\n')
    pending = lines.pop() ?? ''
    for (const each of lines) line(each)
  })
}

/** The text part of a mail as it was sent, decoded as far as ours need it. */
export function textOf({ data }: ReceivedMail): string {
  const part = /Content-Type: text\/plain[\s\S]*?\n\n([\s\S]*?)\n-{2,}/.exec(data)?.[1] ?? data
  return part
    .replaceAll(/=\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
