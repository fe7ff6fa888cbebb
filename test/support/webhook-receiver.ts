// Somebody who is told by webhooks: keeps what came, and answers as the test says.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = {
  at: number
  headers: IncomingHttpHeaders
  body: string
  event: { id: string; type: string; organizationId: string; timestamp: string; data: Record<string, unknown> }
}

type Answer = { status: number; headers?: Record<string, string>; body?: string; afterMillis?: number }

export type WebhookReceiver = {
  url: string
  received: Received[]
  /** Of the messages that were taken. */
  taken: Received[]
  answer: (received: Received) => Answer
  /** Waits until so many were taken. */
  until(count: number, millis?: number): Promise<Received[]>
  close(): Promise<void>
}

export async function receiveWebhooks(
  answer: (received: Received) => Answer = () => ({ status: 204 }),
): Promise<WebhookReceiver> {
  const receiver: WebhookReceiver = {
    url: '',
    received: [],
    taken: [],
    answer,
    until: async (count, millis = 10_000) => {
      const begun = Date.now()
      while (receiver.taken.length < count) {
        if (Date.now() - begun > millis) throw new Error(`${receiver.taken.length} of ${count} messages came`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return receiver.taken
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const came: Received = { at: Date.now(), headers: request.headers, body, event: JSON.parse(body) }
      receiver.received.push(came)
      const { status, headers = {}, body: text = '', afterMillis = 0 } = receiver.answer(came)
      setTimeout(() => {
        if (status < 300) receiver.taken.push(came)
        response.writeHead(status, headers).end(status === 204 ? undefined : text)
      }, afterMillis)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return receiver
}
