// A QR code as the address of an image: black on white in both colour schemes, since cameras want it so.
import { renderSVG } from 'uqr'

export function qrCode(text: string): string {
  const svg = renderSVG(text, { border: 2, whiteColor: '#fff', blackColor: '#000' })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
