-- Resources whose access tokens an application may ask for (RFC 8707), those that it serves itself, and what its tokens say of people.
ALTER TABLE "applications" ADD COLUMN "resources" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "served_resources" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "access_claims" text DEFAULT 'always' NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "claim_mappings" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_access_claims" CHECK (access_claims in ('always', 'by_scope'));--> statement-breakpoint
-- A token for somebody's resource is for that alone: whoever serves it must not come in here with it.
CREATE OR REPLACE FUNCTION enter_application(p_organization_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.provider_artifacts p
    JOIN public.applications a ON a.organization_id = p.organization_id AND a.id = p.payload ->> 'clientId'
      AND a.kind = 'machine' AND a.status = 'active'
    JOIN public.organizations o ON o.id = a.organization_id AND o.status = 'active'
    WHERE p.model = 'ClientCredentials' AND p.id_hash = p_token_hash AND p.organization_id = p_organization_id
      AND p.expires_at > pg_catalog.now() AND p.payload -> 'aud' IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'access token refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN applications.resources IS 'What it may ask access tokens for: uri, format, lifetimeSeconds.';
  COMMENT ON COLUMN applications.served_resources IS 'URIs of what it serves itself: it may look into tokens for these.';
  COMMENT ON COLUMN applications.access_claims IS 'always: its tokens say organization, roles and brands; by_scope: those that it asks for.';
  COMMENT ON COLUMN applications.claim_mappings IS 'Which attribute of a person goes into which claim of its tokens.';
  COMMENT ON FUNCTION enter_application(text, text) IS
    'The entry of a transaction of a machine; fails (RC401) where the token has run out or is for something else, or the machine or its organization is off.';
END $do$;
