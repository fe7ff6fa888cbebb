// Something between the server and PostgreSQL, or a client and the server, that goes away, or falls silent, as soon as a certain
// text passes.
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Fault = 'refuse' | 'hang' | 'stall'

export type CuttingProxy = {
  port: number
  /** How many connections were begun. */
  begun(): number
  isCut(): boolean
  /** Cuts what is open and refuses connections, or takes them without ever answering; `stall`: keeps what is open, too. */
  cut(how: Fault): void
  /** Takes connections again. */
  mend(): void
  close(): Promise<void>
}

/** @param at the statement, or the text of an answer, at which it cuts by itself once, if there is one */
export async function cuttingProxy(
  upstreamUrl: string,
  at?: { how: Fault } & ({ statement: string } | { answer: string }),
): Promise<CuttingProxy> {
  const { hostname, port } = new URL(upstreamUrl)
  let pending = at
  const sockets = new Set<Socket>()
  let begun = 0
  let state: 'open' | Fault = 'open'
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    return socket.once('close', () => sockets.delete(socket))
  }
  const cut = (how: Fault): void => {
    state = how
    if (how !== 'stall') for (const socket of sockets) socket.destroy()
  }
  const isTheOne = (chunk: Buffer, side: 'statement' | 'answer'): boolean =>
    pending !== undefined &&
    side in pending &&
    chunk.includes((pending as Partial<Record<typeof side, string>>)[side] ?? '')
  const cutNow = (): void => {
    const how = pending?.how ?? 'refuse'
    pending = undefined
    cut(how)
  }
  const server: Server = createServer((client) => {
    keep(client)
    begun += 1
    if (state === 'refuse') client.destroy()
    if (state !== 'open') return
    const upstream = keep(connect(Number(port), hostname))
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
    upstream.on('data', (chunk) => {
      if (isTheOne(chunk, 'answer')) cutNow()
      else if (!client.destroyed) client.write(chunk)
    })
    client.on('data', (chunk) => {
      if (isTheOne(chunk, 'statement')) cutNow()
      else if (state === 'open') upstream.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port')
  const mend = (): void => {
    state = 'open'
  }
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port: address.port, begun: () => begun, isCut: () => state !== 'open', cut, mend, close }
}
