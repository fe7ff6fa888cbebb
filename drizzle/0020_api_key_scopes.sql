-- API keys may do less than everything: decisions alone, or what a list of permissions lets them, in all brands or in some, from
-- some addresses. What a key may do never changes.
ALTER TABLE "api_keys" ADD COLUMN "access" text DEFAULT 'everything' NOT NULL;
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "permissions" jsonb;
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "brand_ids" jsonb;
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "address_ranges" jsonb;
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_access" CHECK (access in ('everything', 'decisions', 'permissions')
  and (access = 'permissions') = (permissions is not null));
--> statement-breakpoint
-- Servers of earlier versions read keys by this one: they do not know of scopes, so they do not get to see a key that has one.
CREATE OR REPLACE FUNCTION resolve_api_key(p_key_hash text)
  RETURNS TABLE (organization_id text, key_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT k.organization_id, k.id FROM api_keys k WHERE k.key_hash = p_key_hash
    AND k.access = 'everything' AND k.address_ranges IS NULL $$;
--> statement-breakpoint
CREATE FUNCTION resolve_api_key_scope(p_key_hash text)
  RETURNS TABLE (organization_id text, key_id text, access text, permissions jsonb, brand_ids jsonb, address_ranges jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT k.organization_id, k.id, k.access, k.permissions, k.brand_ids, k.address_ranges
    FROM api_keys k WHERE k.key_hash = p_key_hash $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION resolve_api_key_scope(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_api_key_scope(text) TO rolecall_server;
