-- Applications that keep no secret (single-page, mobile, command line), and machines, which act for themselves within what they were
-- given.
ALTER TABLE "applications" ADD COLUMN "kind" text DEFAULT 'confidential' NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "browser_origins" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "rights" jsonb;--> statement-breakpoint
ALTER TABLE "applications" ALTER COLUMN "secret_sealed" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_kind" CHECK (kind in ('confidential', 'public', 'machine')
  and (kind = 'machine') = (rights is not null) and (kind = 'public') = (secret_sealed is null)
  and (kind <> 'public' or is_pkce_required));--> statement-breakpoint
CREATE INDEX "applications_browser_origins" ON "applications" USING gin (browser_origins) WHERE kind = 'public';--> statement-breakpoint
-- Asked before anybody says which application they are: a browser asks first whether its page may ask.
CREATE FUNCTION is_browser_origin(p_origin text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM applications a JOIN organizations o ON o.id = a.organization_id AND o.status = 'active'
    WHERE a.kind = 'public' AND a.status = 'active' AND a.browser_origins ? p_origin) $$;
--> statement-breakpoint
CREATE FUNCTION resolve_application_token(p_token_hash text) RETURNS TABLE (organization_id text, application_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.organization_id, p.payload ->> 'clientId' FROM provider_artifacts p
    WHERE p.model = 'ClientCredentials' AND p.id_hash = p_token_hash $$;
--> statement-breakpoint
CREATE FUNCTION enter_application(p_organization_id text, p_token_hash text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_catalog.set_config('rolecall.organization_id', p_organization_id, true);
  PERFORM FROM public.provider_artifacts p
    JOIN public.applications a ON a.organization_id = p.organization_id AND a.id = p.payload ->> 'clientId'
      AND a.kind = 'machine' AND a.status = 'active'
    JOIN public.organizations o ON o.id = a.organization_id AND o.status = 'active'
    WHERE p.model = 'ClientCredentials' AND p.id_hash = p_token_hash AND p.organization_id = p_organization_id
      AND p.expires_at > pg_catalog.now();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'access token refused' USING ERRCODE = 'RC401';
  END IF;
  RETURN p_organization_id;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION is_browser_origin(text), resolve_application_token(text), enter_application(text, text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION is_browser_origin(text), resolve_application_token(text), enter_application(text, text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN applications.kind IS
    'confidential: keeps its secret on a server; public: has none; machine: signs nobody in and acts for itself.';
  COMMENT ON COLUMN applications.browser_origins IS 'Origins whose pages may call the endpoints for tokens; public applications alone.';
  COMMENT ON COLUMN applications.rights IS 'What a machine may do, in the form of an API key''s: access, permissions, brandIds, addressRanges.';
  COMMENT ON COLUMN applications.secret_sealed IS
    'Sealed rather than hashed: the client may use client_secret_jwt, and logout tokens may be signed with it. Null: a public one.';
  COMMENT ON FUNCTION is_browser_origin(text) IS 'Whether some public application has registered the origin.';
  COMMENT ON FUNCTION resolve_application_token(text) IS 'Whose an access token of a machine is, whether it is still good or not.';
  COMMENT ON FUNCTION enter_application(text, text) IS
    'The entry of a transaction of a machine; fails (RC401) where the token has run out, or the machine or its organization is off.';
END $do$;
