// What identity providers say of e-mail addresses, by the names that it comes under.

/** The NameID format whose value is an e-mail address; of any other, a connection has to say so. */
export const emailNameIdFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'

/** Claims by which providers state whether an address was verified; a denial counts with every preset. */
export const emailStatementClaims = ['email_verified', 'xms_edov'] as const
