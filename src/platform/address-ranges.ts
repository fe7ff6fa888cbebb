// Ranges of network addresses in CIDR notation (RFC 4632, RFC 4291 2.3), and whether an address is in one.
import ipaddr from 'ipaddr.js'

/** An address stands for the range of itself alone. @returns undefined for what is neither an address nor a range */
export function addressRange(text: string): string | undefined {
  const written = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`
  return ipaddr.isValidCIDR(written) ? written : undefined
}

/** @param ranges as `addressRange` gives them. @param ip an address; what is none is in no range */
export function isInRanges(ranges: readonly string[], ip: string | null): boolean {
  if (ip === null || !ipaddr.isValid(ip)) return false
  const address = ipaddr.process(ip)
  return ranges.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(range)
    return network.kind() === address.kind() && address.match(network, bits)
  })
}
