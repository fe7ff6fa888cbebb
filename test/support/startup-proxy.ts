// A pooler as badly set up as they get: it passes everything on to PostgreSQL, but drops parameters from the start-up message
// (PgBouncer's ignore_startup_parameters).
import { connect, createServer, type Server, type Socket } from 'node:net'

export type StartupProxy = { port: number; close(): Promise<void> }

/** @param dropped names of the parameters that do not get through */
export async function startupProxy(databaseUrl: string, dropped: readonly string[]): Promise<StartupProxy> {
  const { hostname, port } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    upstream.pipe(client)
    let received = Buffer.alloc(0)
    const onStartup = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < received.readUInt32BE(0)) return
      client.off('data', onStartup)
      const length = received.readUInt32BE(0)
      upstream.write(Buffer.concat([without(received.subarray(0, length), dropped), received.subarray(length)]))
      client.pipe(upstream)
    }
    client.on('data', onStartup)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port')
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port: address.port, close }
}

/** Length, protocol version, then names and values, each ended by a zero byte, and a zero byte at the end. */
function without(message: Buffer, dropped: readonly string[]): Buffer {
  const texts = message.subarray(8).toString('utf8').split('\0')
  const kept: string[] = []
  for (let index = 0; index + 1 < texts.length && texts[index] !== ''; index += 2) {
    if (!dropped.includes(texts[index] ?? '')) kept.push(texts[index] ?? '', texts[index + 1] ?? '')
  }
  const body = Buffer.from(`${kept.join('\0')}\0\0`)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length, 0)
  message.copy(head, 4, 4, 8)
  return Buffer.concat([head, body])
}
