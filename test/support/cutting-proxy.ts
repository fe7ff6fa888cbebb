// Something between the server and PostgreSQL that goes away, or falls silent, as soon as a certain statement passes.
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Fault = 'refuse' | 'hang' | 'stall'

export type CuttingProxy = {
  port: number
  /** How many connections were begun. */
  begun(): number
  isCut(): boolean
  /** Cuts what is open and refuses connections, or takes them without ever answering; `stall`: keeps what is open, too. */
  cut(how: Fault): void
  close(): Promise<void>
}

/** @param at the statement at which it cuts by itself, if there is one */
export async function cuttingProxy(databaseUrl: string, at?: { statement: string; how: Fault }): Promise<CuttingProxy> {
  const { hostname, port } = new URL(databaseUrl)
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
  const server: Server = createServer((client) => {
    keep(client)
    begun += 1
    if (state === 'refuse') client.destroy()
    if (state !== 'open') return
    const upstream = keep(connect(Number(port), hostname))
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
    upstream.pipe(client)
    client.on('data', (chunk) => {
      if (at !== undefined && chunk.includes(at.statement)) cut(at.how)
      else if (state === 'open') upstream.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port')
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port: address.port, begun: () => begun, isCut: () => state !== 'open', cut, close }
}
