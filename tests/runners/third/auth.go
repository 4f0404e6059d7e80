package main

import (
	"context"
	"crypto/subtle"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// auth wants the token of everybody but those who ask health and reflection.
type auth struct {
	want string
	on   bool
}

func (a auth) check(ctx context.Context, method string) error {
	if !a.on || !strings.HasPrefix(method, "/runner.v1.") {
		return nil
	}
	given := ""
	if values := metadata.ValueFromIncomingContext(ctx, "authorization"); len(values) > 0 {
		given = values[0]
	}
	if subtle.ConstantTimeCompare([]byte(given), []byte(a.want)) == 1 {
		return nil
	}
	return status.Error(codes.Unauthenticated, `send metadata "authorization: Bearer <INDAG_RUNNER_TOKEN>"`)
}

func (a auth) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if err := a.check(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	return next(ctx, request)
}

func (a auth) stream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if err := a.check(stream.Context(), info.FullMethod); err != nil {
		return err
	}
	return next(service, stream)
}
