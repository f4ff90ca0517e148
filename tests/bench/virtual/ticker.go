// A day of a ticker, and a request to itself.
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Minute)
		fmt.Fprint(answer, "a minute")
	}))
	go func() {
		answer, err := http.Get(server.URL)
		if err != nil {
			panic(err)
		}
		body, _ := io.ReadAll(answer.Body)
		fmt.Println(string(body))
	}()
	ticker := time.NewTicker(10 * time.Minute)
	for count := 0; count < 144; count++ {
		<-ticker.C
	}
}
