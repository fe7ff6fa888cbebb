-- Applications that sign people in on devices without a browser (RFC 8628), prove who they are by a key of their own (RFC 7523), or
-- whose tokens are bound to one (RFC 9449).
ALTER TABLE "applications" ADD COLUMN "is_device_flow_allowed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "is_dpop_required" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "jwks" jsonb;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "jwks_uri" text;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_keys" CHECK ((jwks is null or jwks_uri is null)
  and (kind <> 'public' or (jwks is null and jwks_uri is null)) and (kind <> 'machine' or not is_device_flow_allowed));--> statement-breakpoint
DROP FUNCTION resolve_application_token(text);--> statement-breakpoint
CREATE FUNCTION resolve_application_token(p_token_hash text)
  RETURNS TABLE (organization_id text, application_id text, thumbprint text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.organization_id, p.payload ->> 'clientId', p.payload ->> 'jkt' FROM provider_artifacts p
    WHERE p.model = 'ClientCredentials' AND p.id_hash = p_token_hash $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION resolve_application_token(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_application_token(text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN applications.is_device_flow_allowed IS 'It may sign people in on a device without a browser, by a code that they enter on another one.';
  COMMENT ON COLUMN applications.is_dpop_required IS 'Its tokens are bound to a key that it proves to have with each request.';
  COMMENT ON COLUMN applications.jwks IS 'Public keys by which it proves who it is, in place of its secret.';
  COMMENT ON COLUMN applications.jwks_uri IS 'Where such keys are published; fetched by the server.';
  COMMENT ON FUNCTION resolve_application_token(text) IS
    'Whose an access token of a machine is, and which key it is bound to, whether it is still good or not.';
END $do$;
