// A runner for sources in Starlark, written from runner.proto and docs/guides/write-a-runner.md alone.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	pb "starlark-runner/runnerpb/runner/v1"
)

const (
	largestRequest = 32 << 20
	drainTime      = 10 * time.Second
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--child" {
		childMain()
		return
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "the runner cannot start:", err)
		os.Exit(1)
	}
}

func serve() error {
	listen, token := os.Getenv("INDAG_RUNNER_LISTEN"), os.Getenv("INDAG_RUNNER_TOKEN")
	if listen == "" {
		listen = "127.0.0.1:50055"
	}
	exceptions, err := readExceptions(os.Getenv("INDAG_RUNNER_PRIVATE_HOSTS"))
	if err != nil {
		return err
	}
	if token == "" && !strings.HasPrefix(listen, "127.") && !strings.HasPrefix(listen, "unix:") {
		return fmt.Errorf("INDAG_RUNNER_LISTEN is %s, reachable by others, and INDAG_RUNNER_TOKEN is not set", listen)
	}
	network, address := "tcp", listen
	if strings.HasPrefix(listen, "unix:") {
		network, address = "unix", strings.TrimPrefix(listen, "unix:")
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		return err
	}
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	box := probeBox()
	runner := &runner{
		instanceID: hex.EncodeToString(id),
		held:       map[string]*held{},
		admission:  newAdmission(),
		exceptions: exceptions,
		box:        box,
	}
	guard := auth{want: "Bearer " + token, on: token != ""}
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(largestRequest), grpc.MaxSendMsgSize(largestRequest),
		grpc.UnaryInterceptor(guard.unary), grpc.StreamInterceptor(guard.stream),
	)
	healthServer := health.NewServer()
	healthServer.SetServingStatus(pb.RunnerService_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)
	pb.RegisterRunnerServiceServer(server, runner)
	healthpb.RegisterHealthServer(server, healthServer)
	reflection.Register(server)
	go drainWhenTold(server, healthServer)
	shown := listener.Addr().String()
	if network == "unix" {
		shown = listen
	}
	fmt.Printf("{\"ready\":true,\"language\":\"starlark\",\"address\":%q,\"sandbox\":%q}\n", shown, sandboxLevel)
	return server.Serve(listener)
}

// drainWhenTold says NOT_SERVING, lets running calls finish, and cuts what takes too long.
func drainWhenTold(server *grpc.Server, healthServer *health.Server) {
	told, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if os.Getenv("INDAG_EXIT_WITH_PARENT") == "1" {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	<-told.Done()
	healthServer.Shutdown()
	time.AfterFunc(drainTime, server.Stop)
	server.GracefulStop()
}
