// Schema and message URNs of RFC 7643 and RFC 7644.

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const listUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const searchUrn = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
export const bulkRequestUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
export const bulkResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'
