#include "http/public_url.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace plenary::http {
namespace {

TEST(PublicUrl, WhatIsGivenStays) {
  PublicUrl url("https://lb.example.org/pool//");
  url.Guess("http://127.0.0.1:3000");
  EXPECT_EQ(url.Get(), "https://lb.example.org/pool");
  EXPECT_FALSE(url.Learn(true, "elsewhere.example.org"));
  EXPECT_EQ(url.Get(), "https://lb.example.org/pool");
}

TEST(PublicUrl, TheFirstThatIsLearnedReplacesTheGuess) {
  PublicUrl url("");
  url.Guess("http://127.0.0.1:3000/");
  EXPECT_EQ(url.Get(), "http://127.0.0.1:3000");
  EXPECT_TRUE(url.Learn(true, "lb.example.org:8443"));
  EXPECT_FALSE(url.Learn(false, "second.example.org"));
  url.Guess("http://127.0.0.1:3000/");
  EXPECT_EQ(url.Get(), "https://lb.example.org:8443");
}

TEST(PublicUrl, TheFirstGuessCountsUntilSomethingIsLearned) {
  PublicUrl url("");
  EXPECT_FALSE(url.known());
  EXPECT_FALSE(url.GuessFrom(false, "a b"));
  EXPECT_TRUE(url.GuessFrom(false, "127.0.0.1:3000"));
  url.Guess("http://second/");
  EXPECT_EQ(url.Get(), "http://127.0.0.1:3000");
  EXPECT_TRUE(url.known());
  EXPECT_FALSE(url.settled());
  EXPECT_TRUE(url.Learn(true, "lb.example.org"));
  EXPECT_TRUE(url.settled());
  EXPECT_EQ(url.Get(), "https://lb.example.org");
}

TEST(PublicUrl, IsUnknownWithoutAnything) {
  PublicUrl url("");
  EXPECT_EQ(url.Get(), "");
  EXPECT_TRUE(url.Learn(false, "[2001:db8::1]:80"));
  EXPECT_EQ(url.Get(), "http://[2001:db8::1]:80");
}

TEST(PublicUrl, OnlyHostsAreLearned) {
  PublicUrl url("");
  for (const std::string& bad : {std::string(), std::string("a/b"), std::string("a b"), std::string("user@a"), std::string("a?b"), std::string("a#b"),
                                 std::string("a\r\nX: y"), std::string("a\"b"), std::string("a<b"), std::string("a%2fb"), std::string("\xc3\xa4"),
                                 std::string("a\0b", 3), std::string(300, 'a')}) {
    EXPECT_FALSE(url.Learn(true, bad)) << bad;
  }
  EXPECT_EQ(url.Get(), "");
  EXPECT_TRUE(url.Learn(true, "a_b-c.D9"));
}

TEST(PublicUrl, ManyThreadsLearnOne) {
  PublicUrl url("");
  std::atomic<int> learned = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] { learned += url.Learn(true, "host" + std::to_string(i)) ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(learned, 1);
  EXPECT_TRUE(url.Get().starts_with("https://host"));
}

}  // namespace
}  // namespace plenary::http
