// Streams of what changes: what they send, when they end by themselves, and that there are never too many.
import { Hono } from 'hono'
import { html } from 'hono/html'
import { expect, test } from 'vitest'
import { createLiveStreams } from '#console/connect/events.ts'

const limits = { perActor: 3, all: 4, millis: 60_000, pollMillis: 5, heartbeatMillis: 60_000 }

function stage(more: Partial<typeof limits> = {}) {
  const told = { text: 'first', isStopping: false, asked: 0 }
  const streams = createLiveStreams({ isStopping: () => told.isStopping, limits: { ...limits, ...more } })
  const app = new Hono()
  app.get('/:actor', (c) =>
    streams.open(c, c.req.param('actor'), async () => {
      told.asked += 1
      return [{ event: 'part', content: html`${told.text}` }]
    }),
  )
  return { told, open: async (actor: string) => app.request(`/${actor}`) }
}

test('what reads the same is sent once, and the stream ends at its time', async () => {
  const { open } = stage({ millis: 60 })
  const text = await (await open('ada')).text()
  expect(text.match(/event: part/g)).toHaveLength(1)
  expect(text).toContain('data: first')
})

test('a silent stream says that it is still there', async () => {
  const { open, told } = stage({ heartbeatMillis: 1 })
  const answer = await open('ada')
  let text = ''
  for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part
    told.isStopping = text.includes(': still here')
  }
  expect(text).toContain(': still here')

  const busy = stage()
  const unasked = await busy.open('ada')
  await expect.poll(() => busy.told.asked).toBeGreaterThan(3)
  busy.told.isStopping = true
  expect(await unasked.text()).not.toContain('still here')
})

test('all streams end when the server stops', async () => {
  const { open, told } = stage()
  const answer = await open('ada')
  told.isStopping = true
  expect(await answer.text()).toContain('data: first')
})

test('there are at most so many of one person, and of all', async () => {
  const { open, told } = stage()
  const streams = [await open('ada'), await open('ada'), await open('ada')]
  expect((await open('ada')).status).toBe(204)
  streams.push(await open('bela'))
  expect((await open('cleo')).status).toBe(204)
  told.isStopping = true
  await Promise.all(streams.map((stream) => stream.text()))
  expect((await open('cleo')).status).toBe(200)
})
