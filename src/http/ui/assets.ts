// What pages load: style sheets, scripts and images of our own origin. Their addresses hold a hash of the content, so that
// browsers keep them for good. A further asset is one more name in the list.
import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Hono } from 'hono'
import { notFound } from '#platform/errors.ts'
import { packageAssets } from './package-assets.ts'

const ownNames = [
  'rolecall.css',
  'console.css',
  'console.js',
  'rolecall.svg',
  'passkey.js',
  'submit-at-once.js',
  'zone.js',
] as const

export type AssetName = (typeof ownNames)[number] | keyof typeof packageAssets

const mediaTypes: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

type Asset = {
  hash: string
  mediaType: string
  plain: Uint8Array<ArrayBuffer>
  gzipped(): Promise<Uint8Array<ArrayBuffer>>
}

const isFromPackage = (name: string): name is keyof typeof packageAssets => Object.hasOwn(packageAssets, name)

/** In the build, what comes from packages lies beside our own. */
function fileOf(name: AssetName): string {
  const beside = join(import.meta.dirname, 'assets', name)
  return isFromPackage(name) && !existsSync(beside) ? packageAssets[name]() : beside
}

const loaded = new Map<AssetName, Asset>()

function load(name: AssetName): Asset {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const plain = new Uint8Array(readFileSync(fileOf(name)))
  let compressed: Promise<Uint8Array<ArrayBuffer>> | undefined
  const asset: Asset = {
    hash: hash('sha256', plain).slice(0, 16),
    mediaType: mediaTypes[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    plain,
    gzipped: () => (compressed ??= promisify(gzip)(plain, { level: 9 }).then((bytes) => new Uint8Array(bytes))),
  }
  loaded.set(name, asset)
  return asset
}

/** The address of an asset below our origin. */
export const assetPath = (name: AssetName): string => `/assets/${load(name).hash}/${name}`

const isAssetName = (name: string): name is AssetName =>
  (ownNames as readonly string[]).includes(name) || isFromPackage(name)

/** What of the request's scope its answers need. */
type AssetEnv = { Variables: { frame: Record<string, string>; isFramed: boolean } }

/** @returns an app to be mounted at `/assets` */
export function createAssets(): Hono<AssetEnv> {
  const assets = new Hono<AssetEnv>()
  assets.get('/:hash/:name', async (c) => {
    const { hash: wanted, name } = c.req.param()
    if (!isAssetName(name)) throw notFound('Page')
    const asset = load(name)
    const isGzipped = acceptsGzip(c.req.header('accept-encoding'))
    c.set('isFramed', true)
    return new Response(isGzipped ? await asset.gzipped() : asset.plain, {
      headers: {
        ...c.get('frame'),
        'Content-Type': asset.mediaType,
        Vary: 'Accept-Encoding',
        ...(isGzipped ? { 'Content-Encoding': 'gzip' } : {}),
        // During an upgrade a page of another node may ask for its own version: it gets ours, but not to keep.
        ...(wanted === asset.hash ? { 'Cache-Control': 'public, max-age=31536000, immutable' } : {}),
      },
    })
  })
  return assets
}

/** RFC 9110 §12.5.3, as far as browsers use it. */
const acceptsGzip = (header = ''): boolean => /(^|,)\s*gzip\s*(,|$|;\s*q=(1|0?\.\d*[1-9]))/i.test(header)
