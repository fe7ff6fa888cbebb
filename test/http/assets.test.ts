// Style sheets, scripts and images of our own: addressed by content, compressed, kept by browsers for good.
import { hash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type AssetName, assetPath } from '#http/ui/assets.ts'
import { sampleApp } from './sample-app.ts'

const app = sampleApp('https://id.example.com')

const get = async (path: string, encoding = ''): Promise<Response> =>
  app.request(path, { headers: { 'accept-encoding': encoding } })

describe.each<[AssetName, string]>([
  ['tabler.css', 'text/css; charset=utf-8'],
  ['rolecall.css', 'text/css; charset=utf-8'],
  ['rolecall.svg', 'image/svg+xml'],
  ['webauthn.js', 'text/javascript; charset=utf-8'],
])('%s', (name, mediaType) => {
  test('is served under the hash of its content, to be kept', async () => {
    const response = await get(assetPath(name))
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': mediaType,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    })
    const content = Buffer.from(await response.arrayBuffer())
    expect(assetPath(name)).toBe(`/assets/${hash('sha256', content).slice(0, 16)}/${name}`)
  })

  test('is compressed for who accepts it', async () => {
    const plain = Buffer.from(await (await get(assetPath(name))).arrayBuffer())
    for (const accepted of ['gzip', 'br, gzip;q=0.8', 'deflate,GZIP']) {
      const response = await get(assetPath(name), accepted)
      expect(response.headers.get('content-encoding')).toBe('gzip')
      expect(gunzipSync(Buffer.from(await response.arrayBuffer())).equals(plain)).toBe(true)
    }
    for (const refused of ['br', 'gzip;q=0', 'gzip;q=0.0, br', 'x-gzip2', 'identity']) {
      expect((await get(assetPath(name), refused)).headers.get('content-encoding')).toBeNull()
    }
  })

  test('loads nothing from elsewhere', async () => {
    const text = await (await get(assetPath(name))).text()
    expect(text).not.toContain('@import')
    const addresses = [...text.matchAll(/url\(["']?([^"')]{0,40})/g)].map(([, address = '']) => address)
    expect(addresses.filter((address) => !/^(data:image\/svg|#)/.test(address))).toEqual([])
  })
})

test('another hash gets what there is, but not to keep', async () => {
  const response = await get('/assets/0000000000000000/rolecall.css')
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test.each(['/assets/0/none.css', '/assets/0/..%2f..%2fpackage.json', '/assets/0/constructor', '/assets/'])(
  '%s is not there',
  async (path) => {
    expect((await get(path)).status).toBe(404)
  },
)
